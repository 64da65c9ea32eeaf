"""Populations: a crew dealt from one pool is found, strangers who share a value are not.

Everything random is seeded; the outcome is the same in every run.
"""

import numpy as np
import pytest
from scipy import sparse

from excise.ingest.exchange import Parameters
from excise.linking.habits import Habits
from excise.linking.link import link
from excise.linking.populations import WEIGHT, held, populations, weights

STRANGERS, CREW = 200, 60


def crowd(seed=1, *, crew=CREW, pooled=("words", "sampler", "hours"), same_prompts=False):
    """Strangers with habits of their own, and at the end a crew that shares an instruction.

    In the respects of ``pooled`` the crew is dealt from one pool; in others its accounts are as strangers.
    """
    draw = np.random.default_rng(seed)
    count = STRANGERS + crew
    mine = np.arange(count) >= STRANGERS

    def table(name, values, own, exchanges):
        chances = draw.dirichlet(np.full(values, 0.1), size=count)
        if name in pooled:
            chances[mine] = draw.dirichlet(np.full(values, 1.0))
        else:
            chances = np.array(
                [c * np.isin(np.arange(values), draw.choice(values, own)) + 1e-9 for c in chances]
            )
            chances /= chances.sum(axis=1, keepdims=True)
        return sparse.csr_array(np.stack([draw.multinomial(exchanges, c) for c in chances]).astype(float))

    prompts = np.zeros((count, 100 + count * 10))
    for at in range(count):
        prompts[at, 100 + at * 10 : 110 + at * 10] = 1
        if same_prompts and mine[at]:
            prompts[at, draw.choice(20, 8, replace=False)] = 1
    counts = {
        "words": table("words", 2_000, 40, 150),
        "sampler": table("sampler", 40, 1, 20),
        "hours": table("hours", 60, 4, 20),
        "instruction": sparse.csr_array(mine[:, None] * 20.0),
        "prompts": sparse.csr_array(prompts),
    }
    shared = sparse.csr_array(np.stack([mine, np.arange(count) < 40]).astype(float))
    return Habits(shared, np.array(["instruction", "prompt piece"]), np.array([0, -1]), counts)


def test_a_crew_is_found_and_nobody_with_it():
    (population,) = populations(crowd())
    assert population.members.tolist() == list(range(STRANGERS, STRANGERS + CREW))
    assert population.weight >= WEIGHT
    assert population.values == 1


def test_strangers_who_share_an_instruction_are_not():
    assert populations(crowd(pooled=())) == ()


def test_evidence_grows_with_the_accounts():
    found = [float(sum(w[0] for w in weights(crowd(crew=size)).values())) for size in (8, 20, 60)]
    assert found == sorted(found)
    assert found[0] + 1 < found[-1]


@pytest.mark.parametrize("alone", ["words", "sampler", "hours"])
def test_one_respect_is_not_enough(alone):
    """Colleagues ask about the same things, products use the same parameters, machines never sleep."""
    assert populations(crowd(pooled=(alone,))) == ()


def test_prompts_sent_again_and_again_speak_against():
    habits = crowd(same_prompts=True)
    assert weights(habits)["prompts"][0] < -5
    assert populations(habits) == ()


def test_a_stranger_who_uses_the_value_in_settings_of_their_own_is_let_go():
    habits = crowd()
    carried, sampler = habits.candidates.toarray(), habits.counts["sampler"].toarray()
    carried[0, :3] = 1
    sampler = np.hstack([sampler, np.zeros((len(sampler), 3))])
    sampler[:3, :-3], sampler[:3, -3:] = 0, 20 * np.eye(3)
    counts = {**habits.counts, "sampler": sparse.csr_array(sampler)}
    (population,) = populations(Habits(sparse.csr_array(carried), habits.kind, habits.column, counts))
    assert population.members.tolist() == list(range(STRANGERS, STRANGERS + CREW))


def test_a_member_whose_words_were_not_logged_stays():
    habits = crowd()
    words = habits.counts["words"].toarray()
    words[STRANGERS + 5] = 0
    counts = {**habits.counts, "words": sparse.csr_array(words)}
    (population,) = populations(Habits(habits.candidates, habits.kind, habits.column, counts))
    assert STRANGERS + 5 in population.members


def test_a_value_that_all_share_says_nothing_of_itself():
    """The instruction by which the crew was found is left out of the test of instructions."""
    assert weights(crowd())["instruction"].tolist() == [0.0, 0.0]


def test_each_account_is_held_by_the_first_of_its_population():
    (population,) = populations(crowd())
    owner = held((population,), STRANGERS + CREW)
    assert owner[:STRANGERS].tolist() == list(range(STRANGERS))
    assert set(owner[STRANGERS:].tolist()) == {STRANGERS}


def test_linking_holds_a_population_together(sent, store_of):
    """Forty accounts with nothing in common but a queue become one owner; the hundred others stay apart."""
    draw = np.random.default_rng(3)
    subjects = [f"subject{n}" for n in range(120)]
    exchanges = []
    for at in range(140):
        crew = at < 40
        own = draw.choice(subjects, 4, replace=False)
        for k in range(16):
            asked = draw.choice(subjects[:30], 3) if crew else draw.choice(own, 3)
            setup = draw.integers(4) if crew else at % 7 + 4
            day = draw.uniform(0, 10) if crew else (at % 9) + draw.uniform(0, 0.2)
            words = f"explain {' and '.join(asked)} with number {at * 100 + k} as the example"
            exchanges.append(
                sent(
                    f"a{at:03d}",
                    day * 86_400,
                    words,
                    parameters=Parameters(temperature=float(setup) / 10, max_tokens=int(setup) + 100),
                )
            )
    found = link(store_of(exchanges), seed=1)
    (population,) = found.populations
    assert population.members.tolist() == list(range(40))
    assert set(found.owner[:40].tolist()) == {0}
    assert 0 not in found.owner[40:]
