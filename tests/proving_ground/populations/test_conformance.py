"""Every kind and every tactic keeps the contract of ``excise.proving_ground.populations``."""

import msgspec
import numpy as np
import pytest

from excise.proving_ground.dice import Dice
from excise.proving_ground.populations import honest_kinds, tactic_kinds
from excise.proving_ground.tradecraft import Tendency, Tradecraft
from excise.proving_ground.world import Campaign


def _campaign(name, tactic, seed):
    dice = Dice.of("conformance", seed)
    drawn = Tendency.of(dice).tradecraft(dice)
    size = max(2, min(tactic.accounts[0] + 4, tactic.accounts[1], 30))
    craft = tactic().tradecraft(drawn, dice)
    return Campaign(
        tactic=name, accounts=size, exchanges=size * 9, tradecraft=craft, genres=tactic.genres[:2]
    )


def _parties():
    for seed in range(3):
        for name, kind in honest_kinds().items():
            yield (
                name,
                None,
                lambda setting, kind=kind, seed=seed: kind().party(setting, Dice.of("party", seed)),
            )
        for name, tactic in tactic_kinds().items():
            campaign = _campaign(name, tactic, seed)
            yield (
                name,
                campaign,
                lambda setting, tactic=tactic, seed=seed, campaign=campaign: tactic().party(
                    setting, Dice.of("party", seed), campaign, "the-name"
                ),
            )


@pytest.mark.parametrize("name", [*honest_kinds(), *tactic_kinds()])
def test_a_member_keeps_the_contract(name, fresh):
    for who, campaign, make in _parties():
        if who != name:
            continue
        setting = fresh()
        party = make(setting)
        _check_members(party, name, campaign)
        counts = [4 + n % 5 for n in range(len(party.members))]
        schedule = party.plan(counts)
        _check_schedule(schedule, party, counts, setting)
        said = list(party.speak(schedule))
        _check_words(said, schedule)
        again = make(fresh())
        repeated = again.plan(counts)
        assert again.members == party.members
        assert all(np.array_equal(a, b) for a, b in zip(schedule, repeated, strict=True))
        assert list(again.speak(repeated)) == said


def _check_members(party, name, campaign):
    members = party.members
    assert {m.archetype for m in members} == {name}
    assert len({m.account.account for m in members}) == len(members) == len(party.weights)
    assert all(w > 0 for w in party.weights)
    if campaign is None:
        assert {m.campaign for m in members} == {None}
    else:
        assert {m.campaign for m in members} == {"the-name"}
        assert len({m.actor for m in members}) == 1
        assert len(members) == campaign.accounts
        assert {m.account.programme for m in members} == {None}
        assert {m.account.verification for m in members} <= {"none", "identity"}


def _check_schedule(schedule, party, counts, setting):
    assert np.bincount(schedule.who, minlength=len(counts)).tolist() == counts
    assert len(schedule.at_s) == len(schedule.opens) == sum(counts)
    assert (np.diff(schedule.at_s) >= 0).all()
    assert schedule.at_s[0] >= setting.start_s
    assert schedule.at_s[-1] <= setting.end_s
    created = np.array([m.account.created_at for m in party.members])[schedule.who]
    # An account that is opened in the log's last hour may be cut short by its end.
    late = created > setting.end_s - 3700.0
    assert ((schedule.at_s >= created) | late).all()


def _check_words(said, schedule):
    assert len(said) == len(schedule.at_s)
    for one in said:
        assert one.messages
        assert one.messages[-1].role in {"user", "tool"}
        assert all(m.content for m in one.messages)
        assert len(one.replies) == (one.asked.n or 1)
        assert all(one.replies)
        assert one.error is None


@pytest.mark.parametrize("name", tactic_kinds())
def test_a_tactic_says_its_ranges(name):
    tactic = tactic_kinds()[name]
    assert 1 <= tactic.accounts[0] <= tactic.accounts[1] <= 20_000
    assert 5 <= tactic.each[0] <= tactic.each[1] <= 50_000
    for seed in range(20):
        craft = tactic().tradecraft(Tradecraft(), Dice(seed))
        assert msgspec.convert(msgspec.to_builtins(craft), Tradecraft) == craft


@pytest.mark.parametrize("name", [*honest_kinds(), *tactic_kinds()])
def test_a_member_says_who_describes_it(name):
    member = {**honest_kinds(), **tactic_kinds()}[name]
    assert len((member.__doc__ or "").split()) > 20


def test_there_are_enough_of_them():
    assert len(honest_kinds()) >= 12
    assert len(tactic_kinds()) >= 16
