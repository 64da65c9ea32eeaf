"""Ruling: the policy looks at the cases that a round touched, and proposes or decides.

A rule decides once for a case. While its conditions go on to be met by new evidence, what it decided is
prolonged before it ends; what a person refused or undid, it leaves alone for as long as the policy says.
"""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from excise.casework.case import Happening
from excise.casework.decision import Decision, Draft, Scope, Status
from excise.casework.policy import Condition, Facts, Policy, Rule, Take, conditions, matches
from excise.casework.state import decisions, effects, membership, snoozes
from excise.casework.state.database import Reading, Row, Writing
from excise.casework.state.snoozes import EVERY_RULE, Snooze
from excise.casework.state.tables import CAMPAIGNS, CASES
from excise.detection.campaign import Campaign

_PROLONGED_FROM = 0.5


class Explained(NamedTuple):
    """Why a rule does or does not match a case now."""

    rule: str
    matches: bool
    conditions: tuple[Condition, ...]
    snoozed: Snooze | None
    standing: tuple[Decision, ...]


class _Matched(NamedTuple):
    """A rule with its name, and the facts that it matches."""

    name: str
    rule: Rule
    facts: Facts


def rule(writing: Writing, cases: Iterable[str], policy: Policy, *, secret: bytes) -> tuple[Decision, ...]:
    """Let the policy look at cases; return what it has newly proposed or decided."""
    by, writing.by = writing.by, decisions.POLICY
    made: list[Decision] = []
    for case in cases:
        row = writing.row(sa.select(CASES).where(CASES.c.id == case))
        if row is None or row["status"] not in membership.ALIVE:
            continue
        facts = facts_of(writing, row)
        quiet = snoozed(writing, row, at_s=writing.now_s)
        for name, one in policy.rules.items():
            if matches(one, facts) and name not in quiet and EVERY_RULE not in quiet:
                made += _apply(writing, row, _Matched(name, one, facts), policy, secret)
    effects.remake_for(writing, made, secret=secret)
    writing.by = by
    return tuple(made)


def facts_of(reading: Reading, row: Row) -> Facts:
    """Return what rules look at, of a case."""
    record = reading.value(sa.select(CAMPAIGNS.c.record).where(CAMPAIGNS.c.name == row["campaign"]))
    because = msgspec.convert(record, Campaign).because if record is not None else ()
    return Facts(
        bits=row["bits"],
        accounts=row["size"],
        exchanges=row["exchanges"],
        tokens_out=row["tokens_out"],
        verified=row["verified"],
        detectors=tuple(one.signal for one in because if one.weight > 0),
    )


def snoozed(reading: Reading, row: Row, *, at_s: float) -> dict[str, Snooze]:
    """Return the snoozes that hold for a case, whatever it or its actor is called, by rule."""
    cases = [row["id"], *effects.merged_into(reading, [row["id"]])]
    names = (*cases, *([row["actor"]] if row["actor"] else []))
    return snoozes.snoozed(reading, names, at_s=at_s)


def explain(reading: Reading, row: Row, policy: Policy, *, now_s: float) -> tuple[Explained, ...]:
    """Say of each rule whether it matches a case now, and why not."""
    facts = facts_of(reading, row)
    cases = [row["id"], *effects.merged_into(reading, [row["id"]])]
    quiet = snoozed(reading, row, at_s=now_s)
    return tuple(
        Explained(
            rule=name,
            matches=matches(one, facts),
            conditions=conditions(one, facts),
            snoozed=quiet.get(name) or quiet.get(EVERY_RULE),
            standing=tuple(decisions.standing_for(reading, cases, name)),
        )
        for name, one in policy.rules.items()
    )


def _apply(writing: Writing, row: Row, matched: "_Matched", policy: Policy, secret: bytes) -> list[Decision]:
    name, one, facts = matched
    case = row["id"]
    cases = [case, *effects.merged_into(writing, [case])]
    there = {decision.subject: decision for decision in decisions.standing_for(writing, cases, name)}
    if one.scope is Scope.ACTOR:
        subjects = [] if there else [row["actor"] or case]
    else:
        subjects = sorted(membership.inside(writing, case) - there.keys())
    for decision in there.values():
        _prolong(writing, decision, one, secret)
    return [
        decisions.make(
            writing,
            Draft(
                kind=one.action,
                scope=one.scope,
                subject=subject,
                reason=f"rule {name}: " + "; ".join(condition.text for condition in conditions(one, facts)),
                reason_code=one.reason_code,
                hours=one.hours,
                mode=one.mode,
                share=one.share,
                act=one.take is Take.ACT,
                delay_s=_delay_s(one, name, subject, writing.now_s, secret),
                case=case,
                rule=name,
                limits=one.limits,
                degradation=one.degradation,
            ),
            policy,
            secret=secret,
        )
        for subject in subjects
    ]


def _prolong(writing: Writing, decision: Decision, one: Rule, secret: bytes) -> None:
    """Let what a rule decided itself hold longer, where half its time is over and new evidence is there."""
    length_s = one.hours * 3_600.0
    if decision.status is not Status.ACTIVE or decision.approved_by is not None:
        return
    if decision.until_s - writing.now_s > _PROLONGED_FROM * length_s:
        return
    until_s = writing.now_s + length_s
    changed = decisions.change(
        writing,
        decision,
        {"until_s": until_s},
        Happening.DECIDED,
        f"prolonged by {one.hours:g} hours: new evidence meets rule {decision.rule}",
    )
    effects.remake_for(writing, [changed], secret=secret)


def _delay_s(one: Rule, name: str, subject: str, now_s: float, secret: bytes) -> float:
    """Draw when a decision begins, by a keyed hash, so that its cause is hard to tell from outside."""
    if one.delay_hours <= 0:
        return 0.0
    digest = hashlib.blake2b(f"{name}\0{subject}\0{now_s}".encode(), key=secret, digest_size=8).digest()
    return int.from_bytes(digest) / 2**64 * one.delay_hours * 3_600.0
