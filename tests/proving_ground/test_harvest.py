import msgspec
import numpy as np

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest, settled
from excise.proving_ground.rhythms import Schedule
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.world import Campaign


def _harvest(setting, **craft):
    campaign = Campaign(tactic="squad", accounts=6, exchanges=240, tradecraft=Tradecraft(**craft))
    return Harvest.of(setting, Dice.of("h"), campaign, "x", "reasoner")


def test_a_corpus_is_partitioned_and_the_wording_kept(fresh):
    harvest = _harvest(fresh())
    said = list(harvest.send(harvest.queue([40] * 6)))
    assert len({s.messages[-1].content for s in said}) == 240
    assert all(harvest.wording.fixed in "".join(m.content for m in s.messages) for s in said)


def test_rotation_and_cover_dilute_it(fresh):
    harvest = _harvest(fresh(), rotation=1.0, cover=0.5)
    texts = ["".join(m.content for m in s.messages) for s in harvest.send(harvest.queue([40] * 6))]
    assert sum(harvest.wording.fixed in text for text in texts) < 5


def test_shifts_hand_over(fresh):
    harvest = _harvest(fresh(), hours="shifts", age="aged")
    schedule = harvest.queue([40] * 6)
    assert (np.diff(schedule.who) >= 0).all()


def test_nobody_sends_before_it_exists(fresh):
    harvest = _harvest(fresh())
    late = harvest.window.start_s + 2 * 86400.0
    first = harvest.members[0]
    moved = msgspec.structs.replace(first, account=msgspec.structs.replace(first.account, created_at=late))
    times = harvest.window.start_s + np.arange(10.0)
    got = settled(Schedule(times, np.zeros(10, np.int32), np.ones(10, bool)), [moved], harvest.window)
    assert (got.at_s > late).all()
    assert (np.diff(got.at_s) >= 0).all()


def test_cover_is_marked_and_nothing_else(fresh):
    harvest = _harvest(fresh(), cover=0.5)
    said = list(harvest.send(harvest.queue([40] * 6)))
    wording = harvest.wording.fixed
    assert {s.cover for s in said if any(wording in m.content for m in s.messages)} == {False}
    assert 80 < sum(s.cover for s in said) < 160  # half of 240; six deviations either way
    assert not any(s.cover for s in _harvest(fresh()).send(_harvest(fresh()).queue([40] * 6)))
