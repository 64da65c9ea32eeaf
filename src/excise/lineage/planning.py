"""A test is planned: what was given is checked, the questions are fixed, and the protocol says all of it."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from excise.errors import BadSetting, ExciseError
from excise.lineage.methods import Given, Method, Step
from excise.lineage.protocol import Input, Model, Protocol, Setting
from excise.lineage.replies import Message, Reply
from excise.lineage.suspects import Suspect
from excise.lineage.validity import Caution
from excise.observation.canonical import sha256

_MOST_ROWS_NAMED = 12


class TestRefused(ExciseError):
    """What was given breaks what a test rests on: no bits of it would mean anything."""

    __test__ = False  # pytest takes classes of this name for tests


class Asking(NamedTuple):
    """Who is asked: the suspect, the controls beside it, and the references that a method may weigh by."""

    suspect: Suspect
    controls: tuple[Suspect, ...] = ()
    references: tuple[Suspect, ...] = ()

    def each(self) -> tuple[tuple[Literal["suspect", "control", "reference"], Suspect], ...]:
        """Return all of them with their roles, the suspect first."""
        return (
            ("suspect", self.suspect),
            *(("control", one) for one in self.controls),
            *(("reference", one) for one in self.references),
        )


class Rule(NamedTuple):
    """When a run ends: at enough bits, when the questions are asked, or when the budget is spent."""

    stop_at_bits: float
    budget: int
    seed: int


class Plan(NamedTuple):
    """A test, ready to be run: ``placebo`` is the same test of texts that nobody was served, if there are."""

    protocol: Protocol
    method: Method
    given: Given
    steps: tuple[Step, ...]
    placebo: Given | None
    placebo_steps: tuple[Step, ...]
    cautions: tuple[Caution, ...]


def plan(
    name: str,
    method: Method,
    given: Given,
    inputs: Sequence[Input],
    *,
    asking: Asking,
    rule: Rule,
    version: str,
    now_s: float,
    without_placebo: bool = False,
) -> Plan:
    """Check what was given, fix the questions, and write the protocol. Nobody is asked anything yet.

    Raises:
        TestRefused: what was given breaks an assumption; every reason is named with its rows.
        BadSetting: a model does not let one see what the method needs.
        BadTable: what was given does not do.
    """
    if not (rule.stop_at_bits > 0 and math.isfinite(rule.stop_at_bits)) or rule.budget < 1:
        raise BadSetting("a run stops at a number of bits above 0, and asks one question at least")
    if method.references == "must" and not asking.references:
        raise BadSetting(f"the method {name} likens the suspect to others: name them with --reference")
    if method.references == "none" and asking.references:
        raise BadSetting(f"the method {name} has no use for --reference; leave it away")
    cautions = method.cautions(given)
    refused = [one for one in cautions if one.severity == "refuse"]
    if refused:
        raise TestRefused("; ".join(f"{one.name}: {one.text}{_rows(one)}" for one in refused))
    for role, model in asking.each():
        if not model.access & method.needs:
            raise BadSetting(
                f"{model.name} ({role}) gives {_list(model.access)}; "
                f"the method {name} needs one of {_list(method.needs)}"
            )
    steps = method.steps(given, rule.seed)
    apart = None if without_placebo else placebo(given, method)
    protocol = Protocol(
        hypothesis=method.hypothesis,
        null=method.null,
        method=name,
        settings=tuple(Setting(*one) for one in method.settings),
        statistic=method.statistic,
        models=tuple(
            Model(
                role=role,
                name=one.name,
                access=tuple(sorted(one.access)),
                way=one.way,
                identity=one.identity,
            )
            for role, one in asking.each()
        ),
        placebo=apart is not None,
        inputs=tuple(inputs),
        prompts_sha256=questions_sha256(steps),
        questions=sum(len(step.questions) for step in steps),
        seed=rule.seed,
        budget=rule.budget,
        stop_at_bits=rule.stop_at_bits,
        stopping=_stopping(method, rule),
        version=version,
        frozen_at_s=now_s,
    )
    return Plan(
        protocol=protocol,
        method=method,
        given=given,
        steps=steps,
        placebo=apart,
        placebo_steps=() if apart is None else _alongside(method.steps(apart, rule.seed), steps),
        cautions=cautions,
    )


def placebo(given: Given, method: Method) -> Given | None:
    """Return the same test of texts of which none was served, None where there is nothing to make it of.

    A twin takes the place of the served reply, the other twins of that reply stay twins; a canary that was
    not planted takes the place of the planted one. Whatever the suspect was trained on, the coin is fair.
    """
    if {"served", "twins"} <= set(method.uses):
        served, twins = _apart(given.twins, first_draw=min((one.draw for one in given.twins), default=0))
        return msgspec.structs.replace(given, served=served, twins=twins) if served else None
    if "canaries" in method.uses:
        drawn = tuple(one for one in given.canaries if one.draw > 0)
        first, others = _apart(drawn, first_draw=1)
        moved = tuple(msgspec.structs.replace(one, draw=one.draw - 1) for one in others)
        return msgspec.structs.replace(given, canaries=(*first, *moved)) if first else None
    return None


def questions_sha256(steps: Sequence[Step]) -> str:
    """Return the hash of the steps in the order in which they are asked, as JSON with sorted keys a line."""
    return sha256(b"".join(msgspec.json.encode(step, order="sorted") + b"\n" for step in steps))


def _apart(drawn: Sequence[Reply], first_draw: int) -> tuple[tuple[Reply, ...], tuple[Reply, ...]]:
    """Of what was drawn several times, return the first of each, as if it were served, and the others."""
    groups: Mapping[str | tuple[Message, ...], list[Reply]] = defaultdict(list)
    for one in drawn:
        groups[one.id or one.messages].append(one)
    several = [
        sorted(group, key=lambda one: one.draw)
        for group in groups.values()
        if len({one.draw for one in group}) == len(group) > 1
    ]
    first = tuple(msgspec.structs.replace(group[0], draw=0) for group in several)
    others = tuple(
        msgspec.structs.replace(one, draw=one.draw - (0 if first_draw else 1))
        for group in several
        for one in group[1:]
    )
    return first, others


def _alongside(steps: Sequence[Step], others: Sequence[Step]) -> tuple[Step, ...]:
    """Return steps in the order of others about the same rows: most that they ask is then asked already."""
    place = {step.row: at for at, step in enumerate(others)}
    return tuple(sorted(steps, key=lambda step: place.get(step.row, len(place))))


def _stopping(method: Method, rule: Rule) -> str:
    ends = f"when all questions are asked or {rule.budget:,} were put to a model"
    if not method.null:
        return f"the run ends {ends}"
    return f"the run ends at {rule.stop_at_bits:g} bits, {ends}, whichever comes first"


def _rows(caution: Caution) -> str:
    if not caution.rows:
        return ""
    named = ", ".join(f"{row:,}" for row in caution.rows[:_MOST_ROWS_NAMED])
    more = len(caution.rows) - _MOST_ROWS_NAMED
    return f" (rows {named}{f' and {more:,} more' if more > 0 else ''})"


def _list(words: frozenset[str] | frozenset[object]) -> str:
    return ", ".join(sorted(map(str, words))) or "nothing"
