import numpy as np
import pytest

from excise.countermeasures.campaign_key import KeyFile, Master
from excise.countermeasures.changes import watermark
from excise.countermeasures.draws import Laid, draws_at, spots, vocabulary_draws
from excise.errors import BadSetting
from excise.lineage.marks import Reader, Ripening, Spots, Tally, fresh_secrets, joined

KEY = Master(bytes(32)).campaign("campaign-7")
NOTHING = spots([], 1)


def written(odds: np.ndarray, count: int, dice: np.random.Generator) -> list[list[int]]:
    """Texts of 40 tokens in which each token follows the one before it with given odds."""
    steps = np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1)
    texts = []
    for _ in range(count):
        row = [int(dice.integers(len(odds)))]
        for _ in range(40):
            row.append(min(int(np.searchsorted(steps[row[-1]], dice.random())), len(odds) - 1))
        texts.append(row)
    return texts


def unmarked(count: int, seed: int) -> list[list[int]]:
    """Texts that were written without a key: some words are common, and some follow each other."""
    dice = np.random.default_rng(seed)
    return written(dice.dirichlet(np.full(200, 0.05), size=200), count, dice)


def ripened(texts: list[list[int]], sightings: int = 3) -> list[Spots]:
    seen = Ripening(1, sightings)
    return [seen.take(spots(text, 1), NOTHING) for text in texts]


@pytest.mark.parametrize("name", ["green_list", "tournament"])
def test_of_20_000_nulls_no_more_reach_b_bits_than_may(name):
    """20,000 keys that had no part in a text, looked at after each of 5 parts of it.

    Each share may lie 4 standard deviations above its bound, mean and spread 5 off.
    """
    runs, mark = 20_000, watermark(name, {"depth": "3"} if name == "tournament" else {})
    tally, best = Tally(mark, fresh_secrets(KEY, 11, runs)), np.full(runs, -np.inf)
    parts = ripened(unmarked(240, 5))
    for first in range(0, 240, 48):
        tally.add(joined(parts[first : first + 48]))
        best = np.maximum(best, tally.bits)
    assert tally.count > 300
    for b in (1, 2, 3, 5, 7, 10):
        bound = 2.0**-b
        assert (best >= b).mean() <= bound + 4 * np.sqrt(bound * (1 - bound) / runs), b
    assert abs(tally.z.mean()) < 5 / np.sqrt(runs)
    assert abs(tally.z.std() - 1) < 5 / np.sqrt(2 * runs)


@pytest.mark.parametrize("name", ["green_list", "tournament"])
def test_the_wealth_is_exactly_fair(name, monkeypatch):
    """Over all marks that four spots can have, weighed by their chance, the mean wealth is 1."""
    mark = watermark(name, {"depth": "2"} if name == "tournament" else {"share": "0.3"})
    size = 4 * len(mark.profile)
    weights, nowhere = np.linspace(0.1, 1.0, 4), Laid(np.zeros((4, 16), np.uint8), np.zeros(4, np.int64))
    total = 0.0
    for number in range(2**size):
        marks = (number >> np.arange(size)) & 1
        # a number whose lowest bits are the marks of the tournament, and that is green or not
        if name == "tournament":
            drawn = (marks.reshape(4, 2) << np.arange(2)).sum(axis=1).astype(np.uint32)
        else:
            drawn = np.where(marks == 1, 0, 2**32 - 1).astype(np.uint32)
        monkeypatch.setattr("excise.lineage.marks.draws_laid", lambda *_, drawn=drawn: drawn)
        tally = Tally(mark, [KEY.secret])
        tally.add(Spots(nowhere, weights))
        odds = np.where(marks == 1, mark.chance, 1 - mark.chance).prod()
        total += float(odds * np.exp2(tally.bits[0]))
    assert total == pytest.approx(1.0)


def test_a_key_that_had_a_part_is_found():
    """The strength of the mark is not known in advance: the mixture finds it."""
    mark, dice = watermark("green_list"), np.random.default_rng(2)
    green = np.stack([mark.marks(vocabulary_draws(KEY.secret, [n], 200))[:, 0] for n in range(200)]) == 1
    texts = written(dice.dirichlet(np.full(200, 0.3), size=200) * np.exp(1.0 * green), 150, dice)
    tally = Tally(mark, [KEY.secret, *fresh_secrets(KEY, 1, 200)])
    tally.add(joined(ripened(texts)))
    assert tally.bits[0] > 30
    assert tally.bits[1:].max() < 12
    assert tally.surplus.argmax() == tally.z.argmax() == 0


def test_counting_what_is_repeated_is_where_the_published_z_goes_wrong():
    mark, secrets = watermark("green_list"), fresh_secrets(KEY, 1, 1_000)
    seen, tally, published = Ripening(1), Tally(mark, secrets), Tally(mark, secrets)
    for text in unmarked(100, 5):
        tally.add(seen.take(spots(text, 1), NOTHING))
    published.add(joined(seen.all))
    assert published.count == 4_000
    assert published.z.std() > 1.5
    assert abs(tally.z.std() - 1) < 5 / np.sqrt(2_000)


def test_a_spot_is_ripe_once_when_enough_answers_said_it():
    seen = Ripening(1, sightings=2)
    assert len(seen.take(spots([1, 2, 1, 2, 1, 2], 1), NOTHING).weights) == 0, "one answer is one sighting"
    second = seen.take(spots([1, 2, 3], 1), NOTHING)
    assert second.weights.tolist() == [0.0], "1 was always followed by 2"
    assert len(seen.take(spots([1, 2], 1), NOTHING).weights) == 0
    assert len(seen.take(spots([2, 3, 4], 1), spots([2, 3], 1)).weights) == 0, "the prompt showed 2, 3"
    last = seen.take(spots([2, 3, 4], 1), NOTHING)
    # 2 was followed by 1 once and by 3 twice; 3 by 4 twice
    assert last.weights.tolist() == [pytest.approx(1 / 3), 0.0]
    assert [len(part.weights) for part in seen.ripe] == [0, 1, 0, 0, 2]
    assert [len(part.weights) for part in seen.all] == [5, 2, 1, 2, 2]


def test_bets_are_the_same_however_they_are_fed(monkeypatch):
    mark, secrets = watermark("tournament"), fresh_secrets(KEY, 3, 5)
    parts = ripened(unmarked(60, 1))
    whole, pieces, chunks = (Tally(mark, secrets) for _ in range(3))
    whole.add(joined(parts))
    for part in parts:
        pieces.add(part)
    monkeypatch.setattr("excise.lineage.marks._AT_ONCE", 7)
    chunks.add(joined(parts))
    for one in (pieces, chunks):
        assert np.allclose(one.bits, whole.bits)
        assert np.allclose(one.z, whole.z)
        assert one.count == whole.count > 20


def test_the_surplus_is_of_the_marks_that_the_watermark_has():
    mark, at = watermark("tournament"), spots(list(range(300)), 1)
    tally = Tally(mark, [KEY.secret])
    tally.add(Spots(Ripening(1, sightings=1).take(at, NOTHING).laid, np.ones(len(at))))
    marks = mark.marks(draws_at(KEY.secret, at)).astype(float)
    assert tally.surplus[0] == pytest.approx(float((marks - 0.5).sum(axis=0) @ mark.profile))


def test_nothing_found_changes_nothing():
    tally = Tally(watermark("green_list"), fresh_secrets(KEY, 1, 2))
    tally.add(joined([]))
    assert tally.count == 0
    assert tally.bits.tolist() == pytest.approx([0.0, 0.0])
    assert tally.z.tolist() == [0.0, 0.0]


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


def test_the_published_statistics_are_those_of_their_own_code():
    """Where MarkLLM and synthid-text are installed: what is told beside the bits is what they would tell."""
    at = Spots(Ripening(1, sightings=1).take(spots(list(range(400)), 1), NOTHING).laid, np.ones(399))
    whole = spots(list(range(400)), 1)
    mark = watermark("green_list")
    tally = Tally(mark, [KEY.secret])
    tally.add(at)
    kgw = pytest.importorskip("markllm.watermark.kgw.kgw", reason="needs markllm")
    config = type("Config", (), {"gamma": mark.chance})
    utils = kgw.KGWUtils.__new__(kgw.KGWUtils)
    utils.config = config
    green = int(mark.marks(draws_at(KEY.secret, whole)).sum())
    assert tally.z[0] == pytest.approx(utils._compute_z_score(green, 399))
    detector = pytest.importorskip("synthid_text.detector_mean", reason="needs synthid-text and jax")
    mark = watermark("tournament")
    tally = Tally(mark, [KEY.secret])
    tally.add(at)
    wins = mark.marks(draws_at(KEY.secret, whole))[None].astype(float)
    score = float(detector.weighted_mean_score(wins, np.ones((1, 399)))[0])
    assert 0.5 + tally.surplus[0] / 399 / mark.profile.sum() == pytest.approx(score, abs=1e-5)
