"""Strangers: linked by pairs, together no one hand; their links are taken off, those of a crew are not."""

import numpy as np
import pytest
from scipy import sparse

from excise.linking.habits import Habits
from excise.linking.strangers import held_apart, strangers
from excise.linking.weighing import Weighed

SIZE, EXCHANGES = 20, 12


def groups(seed=1):
    """A class that sends one sheet, guests with settings of their own, and a crew dealt from one pool."""
    draw = np.random.default_rng(seed)
    count = 3 * SIZE
    sampler, instruction, prompts = np.zeros((count, 90)), np.zeros((count, 90)), np.zeros((count, 4_000))
    for at in range(count):
        group = at // SIZE
        own = group < 2
        for turn in range(EXCHANGES):
            # Some strangers use what others do as well: four have a program, all try the same example once.
            sampler[at, at // 4 if own else draw.integers(60, 66)] += 1
            starter, example = group == 1 and turn % 2 == 0, turn == 1
            mine = 80 if starter else 81 if example else at
            instruction[at, mine if own else draw.integers(60, 70)] += 1
            prompts[at, draw.integers(0, 15) if group == 0 else 20 + at * EXCHANGES + turn] = 1
    counts = {"sampler": sampler, "instruction": instruction, "prompts": prompts}
    none = sparse.csr_array((0, count))
    tables = {name: sparse.csr_array(table) for name, table in counts.items()}
    return Habits(none, np.zeros(0, np.str_), np.zeros(0, np.int64), tables)


OWNER = np.repeat(np.arange(3) * SIZE, SIZE)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_class_and_guests_are_strangers_and_a_crew_is_not(seed):
    assert strangers(groups(seed), OWNER).tolist() == [True] * (2 * SIZE) + [False] * SIZE


def test_two_accounts_are_too_few_to_tell():
    assert not strangers(groups(), np.arange(3 * SIZE) // 2).any()
    assert not strangers(groups(), np.arange(3 * SIZE)).any()


def test_their_own_settings_alone_do_not_make_strangers():
    habits = groups()
    same = sparse.csr_array(np.tile([EXCHANGES] + [0] * 89, (3 * SIZE, 1)).astype(float))
    counts = {**habits.counts, "instruction": same}
    one_instruction = Habits(habits.candidates, habits.kind, habits.column, counts)
    assert not strangers(one_instruction, OWNER)[SIZE:].any()


def test_only_links_inside_go_and_a_common_instrument_holds():
    one, other = np.array([0, 0, 0, 2 * SIZE]), np.array([1, 2, 2 * SIZE, 2 * SIZE + 1])
    weight = np.array([5.0, 5.0, 5.0, 5.0])
    weighed = Weighed(one, other, {"payment": np.array([0.0, 9.0, 0.0, 0.0])}, weight)
    apart = held_apart(weighed, groups(), OWNER)
    assert apart.weight.tolist() == [0.0, 5.0, 5.0, 5.0]
    against = held_apart(Weighed(one, other, {}, weight - 7), groups(), OWNER)
    assert against.weight.tolist() == [-2.0] * 4
