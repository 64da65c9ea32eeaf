import numpy as np
import pytest

from excise.countermeasures.changes import watermark
from excise.countermeasures.decoding import Marking
from excise.countermeasures.draws import draws_at, spots, vocabulary_draws
from excise.errors import BadSetting

torch = pytest.importorskip("torch", reason="needs pip install 'excise[lineage]'")


def test_rounds_are_those_of_the_publication(key):
    """Two contestants a round: p(t) becomes p(t) (1 + g(t) - sum of p g), round after round."""
    mark = watermark("tournament", {"depth": "5"})
    scores = torch.log_softmax(torch.linspace(-3, 3, 50, dtype=torch.float64), 0)
    draws = vocabulary_draws(key.secret, [3], 50)
    chances = scores.exp().numpy()
    for wins in mark.marks(draws).T:
        chances = chances * (1 + wins - (chances * wins).sum())
    assert np.allclose(mark.bend(scores, draws).exp().numpy(), chances, atol=1e-12)


def test_only_what_can_be_drawn_plays(key):
    """After a top-k, the rounds are those of its tokens, and the others stay out."""
    mark, draws = watermark("tournament"), vocabulary_draws(key.secret, [3], 50)
    few = torch.full((50,), float("-inf"))
    few[[4, 9, 30]] = torch.tensor([0.5, 0.2, 0.1])
    alone = mark.bend(few[[4, 9, 30]], draws[[4, 9, 30]])
    assert torch.equal(mark.bend(few, draws)[[4, 9, 30]], alone)
    assert int(torch.isfinite(mark.bend(few, draws)).sum()) == 3
    assert torch.equal(mark.bend(torch.full((50,), float("-inf")), draws), torch.full((50,), float("-inf")))


def test_averaged_over_keys_no_token_gains():
    """2,000 keys; the bound is 5 standard deviations for each of 8 tokens."""
    mark = watermark("tournament", {"depth": "3"})
    scores = torch.log_softmax(torch.linspace(-1, 1, 8, dtype=torch.float64), 0)
    over = np.stack(
        [
            mark.bend(scores, vocabulary_draws(n.to_bytes(32, "little"), [3], 8)).exp().numpy()
            for n in range(2_000)
        ]
    )
    off = over.mean(axis=0) - scores.exp().numpy()
    assert (np.abs(off) < 5 * over.std(axis=0) / np.sqrt(2_000)).all()


def test_its_text_wins_rounds_under_its_key_only(serving, key, other_key):
    mark = watermark("tournament", {"width": "2"})
    marked = serving.generate([[1, 2]] * 8, Marking(mark, [key] * 8, start=2))

    def wins(who):
        at = np.concatenate([spots(text, 2) for text in marked])
        return mark.marks(draws_at(who.secret, at)).mean(axis=0)

    assert wins(key)[0] > 0.65
    # 784 spots: 5 deviations and a bit
    assert np.abs(wins(other_key) - 0.5).max() < 0.1


def test_the_mean_detector_of_the_publication_sees_it(serving, key, other_key):
    """Their own code, where it is installed: the mean of the marks is what it looks at."""
    detector = pytest.importorskip("synthid_text.detector_mean", reason="needs synthid-text and jax")
    mark = watermark("tournament")
    [marked] = serving.generate([[1]], Marking(mark, [key], start=1), tokens=200)
    at = spots(marked, 1)
    scores = [
        float(detector.weighted_mean_score(g[None].astype(float), np.ones((1, len(at))))[0])
        for g in (mark.marks(draws_at(who.secret, at)) for who in (key, other_key))
    ]
    assert scores[0] > 0.55 > scores[1]


def test_the_keys_of_the_library_are_found_by_trying():
    """Why the numbers are our own: 16 bits of a round's key count, and each round is tried by itself."""
    transformers = pytest.importorskip("transformers", reason="needs pip install 'excise[lineage]'")
    secret = [0x1234_5678_9ABC, 0x0FED_CBA9_8765]
    processor = transformers.SynthIDTextWatermarkLogitsProcessor(
        ngram_len=2,
        keys=secret,
        sampling_table_size=2**16,
        sampling_table_seed=0,
        context_history_size=64,
        device=torch.device("cpu"),
    )
    torch.manual_seed(1)
    row = [1]
    for _ in range(400):
        scores = processor(torch.tensor([row]), torch.zeros(1, 400))
        row.append(int(torch.multinomial(scores.softmax(-1), 1)))
    grams = torch.tensor(row[1:]).unfold(0, 2, 1)
    hashed = processor.accumulate_hash(torch.ones(len(grams), dtype=torch.long), grams)
    tried = torch.arange(2**16)
    wins = torch.zeros(2**16)
    for one in hashed:
        at = processor.accumulate_hash(one.expand(2**16), tried[:, None]) % 2**16
        wins += processor.sampling_table[at]
    found = set(tried[wins > 0.64 * len(hashed)].tolist())
    assert secret[0] % 2**16 in found
    assert len(found) < 20


@pytest.mark.parametrize("said", [{"depth": "0"}, {"depth": "33"}, {"width": "0"}, {"width": "17"}])
def test_settings_that_mark_nothing_are_refused(said):
    with pytest.raises(BadSetting, match="tournament takes"):
        watermark("tournament", said)
