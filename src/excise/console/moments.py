"""What people and the policy did to a case, as moments of its timeline, and which accounts answered to it."""

from collections.abc import Iterable

from excise.casework.case import Event as Happened
from excise.casework.case import Happening
from excise.casework.decision import Decision, Kind, Status
from excise.report.findings import Event, Portrait

_NEAR_S = 86_400.0
"""An account that falls silent, or begins, within so long of a decision may have done so because of it."""

_BY_HAND = {
    Happening.MERGED: "merged",
    Happening.SPLIT: "split",
    Happening.JOINED: "accounts put in",
    Happening.LEFT: "accounts left out",
}
_MACHINES = frozenset({"loop", "policy"})


def moments(
    portrait: Portrait, decisions: Iterable[Decision], events: Iterable[Happened]
) -> tuple[Event, ...]:
    """Return what is marked on the timeline of a case beside what its portrait has.

    Decisions that are carried out, with their ends; what somebody said by hand about which accounts belong
    together; accounts that went quiet with a decision, and accounts that began with it: the hand-overs. That
    an account did so is no proof of why.

    Args:
        portrait: what is known of its accounts.
        decisions: about the case.
        events: of the case.
    """
    carried = [one for one in decisions if _is_carried_out(one)]
    found = [
        Event(at_s=one.starts_at_s, kind="decision", name=f"{one.kind} by {one.made_by}") for one in carried
    ]
    found += [
        Event(at_s=one.undone_at_s, kind="undone", name=f"{one.kind} undone by {one.undone_by}")
        for one in carried
        if one.undone_at_s is not None
    ]
    found += [
        Event(at_s=event.at_s, kind="hand", name=f"{_BY_HAND[event.happening]} by {event.by}")
        for event in events
        if event.happening in _BY_HAND and event.by not in _MACHINES
    ]
    began = sorted(one.starts_at_s for one in carried if one.kind in {Kind.BLOCK, Kind.CHALLENGE})
    return (*found, *_answers(portrait, began))


def _is_carried_out(one: Decision) -> bool:
    return (
        not one.simulated
        and one.kind != Kind.OBSERVE
        and one.status in {Status.ACTIVE, Status.EXPIRED, Status.UNDONE}
    )


def _answers(portrait: Portrait, began: list[float]) -> list[Event]:
    """Return who went quiet with a decision and who began with it, as far as the log goes on after it."""
    ends = [line.last_at_s for line in portrait.accounts if line.last_at_s is not None]
    end_s = max(ends, default=0.0)
    found: dict[tuple[str, str], Event] = {}
    for at_s in began:
        for line in portrait.accounts:
            first, last = line.first_at_s, line.last_at_s
            if last is not None and abs(last - at_s) <= _NEAR_S and end_s - last > _NEAR_S:
                quiet = Event(at_s=last, kind="silence", name="with the decision", account=line.account)
                found.setdefault((line.account, "silence"), quiet)
            if first is not None and 0 < first - at_s <= _NEAR_S:
                new = Event(at_s=first, kind="begin", name="with the decision", account=line.account)
                found.setdefault((line.account, "begin"), new)
    return list(found.values())
