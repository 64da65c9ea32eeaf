import numpy as np
import pytest
from scipy.stats import binom

from excise.countermeasures.campaign_key import KeyFile, Master
from excise.countermeasures.changes import watermark
from excise.countermeasures.draws import draws_at, lay, spots
from excise.errors import BadSetting
from excise.lineage.marks import STRENGTHS, Reader, Spots, Sum, bits_of, fresh_secrets, joined

KEY = Master(bytes(32)).campaign("campaign-7")
LOOKS = (20, 50, 100, 200, 400, 800, 1_600)


@pytest.mark.parametrize("name", ["green_list", "tournament"])
def test_of_20_000_nulls_no_more_reach_b_bits_than_may(name):
    """Marks by chance, looked at 7 times each. Each share may lie 4 standard deviations above its bound."""
    runs, mark = 20_000, watermark(name, {"depth": "8"} if name == "tournament" else {})
    dice = np.random.default_rng(11)
    sums = np.zeros((runs, len(mark.profile)))
    best, before, last_bits = np.full(runs, -np.inf), 0, np.zeros(runs)
    for count in LOOKS:
        sums += dice.binomial(count - before, mark.chance, size=sums.shape)
        before = count
        last_bits = bits_of(mark, sums, count)
        best = np.maximum(best, last_bits)
    for b in (1, 2, 3, 5, 7, 10):
        bound = 2.0**-b
        assert (best >= b).mean() <= bound + 4 * np.sqrt(bound * (1 - bound) / runs), b
    # a fair bet: the mean wealth is 1, of which rare riches are a part that a sample misses
    assert np.exp2(last_bits).mean() < 1.5


@pytest.mark.parametrize("name", ["green_list", "tournament"])
def test_the_wealth_is_exactly_fair(name):
    """Over all sums that a few spots can have, weighed by their chance, the mean wealth is 1."""
    mark = watermark(name, {"depth": "2"} if name == "tournament" else {"share": "0.3"})
    count = 9
    grid = np.stack(np.meshgrid(*[np.arange(count + 1)] * len(mark.profile)), axis=-1)
    weight = binom.pmf(grid, count, mark.chance).prod(axis=-1)
    assert (np.exp2(bits_of(mark, grid.astype(float), count)) * weight).sum() == pytest.approx(1.0)


def test_a_marked_text_gains_and_the_strength_is_found():
    mark = watermark("green_list")
    for share, least in ((0.28, 0.0), (0.30, 8.0), (0.40, 90.0)):
        assert float(bits_of(mark, np.array([share * 2_000]), 2_000)) > least
    assert STRENGTHS.min() < 0.01


@pytest.mark.parametrize("name", ["green_list", "tournament"])
def test_keys_that_marked_nothing_are_normal_on_any_text(name):
    """2,000 keys on one text full of repetitions: mean 0 and spread 1, within 5 standard deviations."""
    mark = watermark(name)
    text = np.random.default_rng(5).zipf(1.3, 3_000) % 500
    sum_of = Sum(mark, fresh_secrets(KEY, 1, 2_000))
    sum_of.add(Spots().new(spots(text.tolist(), 1), spots([], 1)))
    assert sum_of.count < 2_999
    assert abs(sum_of.z.mean()) < 5 / np.sqrt(2_000)
    assert abs(sum_of.z.std() - 1) < 5 / np.sqrt(2 * 2_000)
    raw = Sum(mark, fresh_secrets(KEY, 1, 2_000))
    raw.add(lay(spots(text.tolist(), 1)))
    assert raw.z.std() > 2, "counting what is repeated is where the published z goes wrong"


def test_a_spot_counts_once_and_not_if_it_was_shown():
    seen = Spots()
    assert len(seen.new(spots([1, 2, 1, 2, 3], 1), spots([2, 3], 1)).quarter) == 2
    assert len(seen.new(spots([1, 2, 4], 1), spots([], 1)).quarter) == 1
    whole = joined(seen.parts)
    assert len(whole.quarter) == 3
    assert len(joined(seen.repeated).quarter) == 6
    assert len(joined([]).quarter) == 0


def test_sums_are_the_same_however_they_are_fed():
    mark, secrets = watermark("tournament"), fresh_secrets(KEY, 3, 5)
    at = spots(list(range(300)), 1)
    whole, parts = Sum(mark, secrets), Sum(mark, secrets)
    whole.add(lay(at))
    for part in np.array_split(at, 7):
        parts.add(lay(part))
    assert (whole.sums == parts.sums).all()
    assert (whole.sums[2] == mark.marks(draws_at(secrets[2], at)).sum(axis=0)).all()


def test_fresh_keys_come_again_and_differ():
    assert fresh_secrets(KEY, 1, 3) == fresh_secrets(KEY, 1, 4)[:3]
    other = Master(bytes(32)).campaign("campaign-8")
    drawn = {*fresh_secrets(KEY, 1, 50), *fresh_secrets(KEY, 2, 50), *fresh_secrets(other, 1, 50)}
    assert len(drawn | {KEY.secret}) == 151


def test_a_reader_needs_a_tokenizer(tmp_path):
    pytest.importorskip("tokenizers", reason="needs pip install 'excise[lineage]'")
    file = tmp_path / "tokenizer.json"
    file.write_text("{}")
    KeyFile.of(
        Master(bytes(32)).campaign("c"), countermeasure="green_list", settings=(), tokenizer=file
    ).write(tmp_path / "c.key")
    with pytest.raises(BadSetting, match=r"this is no tokenizer\.json"):
        Reader(tmp_path / "c.key")
