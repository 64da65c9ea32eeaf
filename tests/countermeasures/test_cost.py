import numpy as np
import pytest

from excise.countermeasures.cost import Pair, Told, cost


def replies(prompts: int, nats: float, seed: int, *, same: bool = False) -> list[Pair]:
    dice = np.random.default_rng(seed)

    def told() -> Told:
        tokens = tuple(f"t{n}" for n in dice.integers(30, size=20))
        return Told(tokens, tuple((nats + 0.1 * dice.standard_normal(20)).tolist()))

    pairs = []
    for _ in range(prompts):
        one = told()
        pairs.append(Pair(one, one if same else told()))
    return pairs


def test_what_is_less_likely_costs_and_the_bounds_hold_the_truth():
    found = cost(replies(200, -1.2, 1), replies(200, -1.0, 2), seed=3)
    assert found.loss == pytest.approx(0.2, abs=0.01)
    assert found.loss_low < found.loss < found.loss_high
    assert found.loss_high - found.loss_low < 0.02
    assert found.perplexity_ratio == pytest.approx(np.exp(0.2), abs=0.01)
    assert (found.prompts, found.tokens_plain, found.tokens_marked) == (200, 20.0, 20.0)


def test_the_same_text_costs_nothing():
    same = replies(50, -1.0, 1)
    found = cost(same, same, seed=3)
    assert (found.loss, found.loss_low, found.loss_high, found.perplexity_ratio) == (0.0, 0.0, 0.0, 1.0)
    assert found.variety_plain == found.variety_marked
    assert found.alike_more == 0.0


def test_replies_that_repeat_themselves_are_seen():
    found = cost(replies(100, -1.0, 1, same=True), replies(100, -1.0, 2), seed=3)
    assert found.alike_marked == 1.0
    assert found.alike_plain < 0.1
    assert found.alike_more_low > 0.8
    assert found.variety_marked < found.variety_plain


def test_the_seed_decides_the_bounds_and_nothing_else():
    marked, plain = replies(50, -1.2, 1), replies(50, -1.0, 2)
    assert cost(marked, plain, seed=3) == cost(marked, plain, seed=3)
    one, other = cost(marked, plain, seed=3), cost(marked, plain, seed=4)
    assert one.loss == other.loss
    bounds = [(x.loss_low, x.loss_high, x.alike_more_low, x.alike_more_high) for x in (one, other)]
    assert bounds[0] != bounds[1]


def test_empty_replies_are_nothing_to_compare():
    nothing = Pair(Told((), ()), Told((), ()))
    one = Told(("a",), (-1.0,))
    found = cost([nothing, Pair(one, one)], [Pair(one, one), nothing], seed=1)
    assert found.nats_plain == found.nats_marked == -1.0
