import numpy as np
import pytest

from excise.countermeasures.changes import watermark
from excise.countermeasures.decoding import Bender, Marking, last, share_of_marks
from excise.errors import BadSetting

torch = pytest.importorskip("torch", reason="needs pip install 'excise[lineage]'")


@pytest.mark.parametrize("name", ["green_list", "tournament"])
def test_each_row_is_marked_by_its_own_key(serving, key, other_key, name):
    """Four replies of 240 tokens; a share 0.1 above the chance is 3 deviations for one, and 6 for both."""
    mark = watermark(name)
    replies = serving.generate([[1]] * 6, Marking(mark, [key, other_key, None] * 2, start=1), tokens=240)
    shares = np.array([[share_of_marks(mark, who, reply) for who in (key, other_key)] for reply in replies])
    above = (shares[:3] + shares[3:]) / 2 - mark.chance
    bar = 0.1 if name == "green_list" else 0.04
    assert (above > bar).tolist() == [[True, False], [False, True], [False, False]]


@pytest.mark.parametrize("name", ["green_list", "tournament"])
def test_what_is_made_beside_a_row_does_not_change_it(key, name):
    mark = watermark(name, {"width": "2"})
    scores = torch.linspace(-2, 2, 50).repeat(3, 1)
    rows = torch.tensor([[0, 0, 4, 5, 6], [0, 3, 4, 5, 6], [9, 8, 7, 5, 6]])
    together = Marking(mark, [key] * 3, start=4, pad=0)(rows, scores)
    for at in range(3):
        alone = Marking(mark, [key], start=4, pad=0)(rows[at : at + 1], scores[at : at + 1])
        assert torch.equal(alone[0], together[at])
    assert torch.equal(together[0], together[1]), "padding is no context"
    assert not torch.equal(together[0], scores[0])


def test_beams_share_the_key_of_their_prompt(key):
    mark = watermark("green_list")
    rows, scores = torch.tensor([[1, 2], [1, 3], [1, 2], [1, 3]]), torch.zeros(4, 50)
    bent = Marking(mark, [key, None], start=1)(rows, scores)
    assert (bent != 0).any(dim=1).tolist() == [True, True, False, False]
    with pytest.raises(BadSetting, match="3 rows for 2 keys"):
        Marking(mark, [key, None], start=1)(rows[:3], scores[:3])


def test_scores_that_came_in_are_left_alone(key):
    scores = torch.zeros(1, 50)
    Marking(watermark("green_list"), [key], start=1)(torch.tensor([[1, 2]]), scores)
    assert bool((scores == 0).all())


def test_a_context_that_came_before_is_left_alone_where_the_publication_says_so(key):
    scores = torch.linspace(-2, 2, 50)
    for name, again in (("tournament", False), ("green_list", True)):
        bender = Bender(watermark(name), key)
        assert not torch.equal(bender.bent(scores, [7, 8, 9], 1), scores)
        assert torch.equal(bender.bent(scores, [7, 8, 9, 8], 1), scores) is not again
        # the prompt does not count as what came before
        assert not torch.equal(bender.bent(scores, [8, 3, 8], 2), scores)


def test_too_little_context_is_left_alone(key):
    scores = torch.linspace(-2, 2, 50)
    assert torch.equal(Bender(watermark("green_list", {"width": "3"}), key).bent(scores, [1, 2], 1), scores)


def test_what_cannot_be_sampled_stays_so(key):
    """Processors before it may have ruled tokens out; a watermark never brings one back."""
    scores = torch.full((50,), float("-inf"))
    scores[[3, 9]] = 0.0
    for name in ("green_list", "tournament"):
        bent = Bender(watermark(name), key).bent(scores, [1], 1).softmax(-1)
        assert float(bent[[3, 9]].sum()) == pytest.approx(1.0)
        assert not bool(bent.isnan().any())


def test_a_batch_has_rows():
    with pytest.raises(BadSetting, match="at least one row"):
        Marking(watermark("green_list"), [], start=1)


def test_it_comes_after_what_narrows_the_choice(key):
    """With the marking first, a top-k of 4 would leave green tokens only; after it, all 4 stay."""
    rows, scores = torch.tensor([[1, 2]]), torch.linspace(-2, 2, 50)[None]
    marking = Marking(watermark("green_list", {"boost": "5"}), [key], start=1)
    bent = last(marking, temperature=0.7, top_k=4, top_p=0.999)(rows, scores)
    assert torch.isfinite(bent[0]).nonzero()[:, 0].tolist() == [46, 47, 48, 49]
    with pytest.raises(BadSetting, match="temperature above 0"):
        last(marking, temperature=0.0)
