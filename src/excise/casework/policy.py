"""The policy: which evidence proposes or takes which action, how far, and who has to agree. A TOML file.

Nothing of the shipped policy is carried out: its rules are proposals and shadows until an operator says
otherwise.
"""

import difflib
import math
import re
import tomllib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from importlib.resources import files
from pathlib import Path

import msgspec
from msgspec import Struct

from excise.casework.decision import Degradation, Kind, Limits, Mode, Scope
from excise.detection.detectors import Detector
from excise.errors import BadSetting
from excise.open_folder import members


class Take(StrEnum):
    """What a rule does when it matches: it asks people, or decides."""

    PROPOSE = "propose"
    ACT = "act"


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule: what has to be there, and what is then done.

    Attributes:
        bits_at_least, bits_below: claimed bits of the campaign.
        accounts_at_least, exchanges_at_least, tokens_out_at_least: its size.
        verified_share_at_most: of its accounts, how many the provider has verified, 0 to 1.
        detectors: one of these at least has to speak for it; none named, any may.
        hours: how long the decision holds.
        delay_hours: it begins at a moment drawn between now and then, so that its cause is hard to tell.
        share: of a canary, on which share of the subjects it is carried out.
        reason_code: what the caller is told, one short word.
    """

    action: Kind
    bits_at_least: float
    hours: float
    scope: Scope = Scope.ACTOR
    mode: Mode = Mode.SHADOW
    take: Take = Take.PROPOSE
    share: float = 0.1
    bits_below: float | None = None
    accounts_at_least: int = 1
    exchanges_at_least: int = 0
    tokens_out_at_least: int = 0
    verified_share_at_most: float = 1.0
    detectors: tuple[str, ...] = ()
    delay_hours: float = 0.0
    limits: Limits | None = None
    degradation: Degradation | None = None
    reason_code: str = "unusual_use"


class Bulk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From what on a second person has to agree: so many accounts, or such a share of all traffic.

    What one person decided alone within ``hours`` counts together.
    """

    accounts: int = 25
    traffic_share: float = 0.01
    hours: float = 24.0


class Cases(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How cases behave.

    Attributes:
        lock_minutes: how long a case is held for who decides it.
        reopen_bits: a closed case opens again when its campaign claims so many bits more than when it was
            closed; one that was confirmed also when accounts join.
        snooze_hours: how long a rule leaves an actor alone after a person refused or undid what it decided.
    """

    lock_minutes: float = 15.0
    reopen_bits: float = 3.0
    snooze_hours: float = 168.0


class Appeals(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many appeals are taken: of one decision in a day, and of all in an hour."""

    a_day: int = 3
    an_hour: int = 200


class Webhook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="webhook", tag_field="kind"):
    """Messages as JSON, signed with a secret that a file holds."""

    url: str
    secret_file: str | None = None
    events: tuple[str, ...] = ()


class Slack(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="slack", tag_field="kind"):
    """Messages in the shape that Slack's incoming webhooks read, and those of others who copied them."""

    url: str
    events: tuple[str, ...] = ()


class Mail(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="mail", tag_field="kind"):
    """Messages by e-mail. ``security`` is starttls, tls, or none for a server on this machine."""

    host: str
    sender: str
    to: tuple[str, ...]
    port: int = 587
    security: str = "starttls"
    user: str | None = None
    password_file: str | None = None
    events: tuple[str, ...] = ()


Channel = Webhook | Slack | Mail


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole policy. ``notify`` are the channels by name, ``rules`` the rules by name."""

    rules: dict[str, Rule] = {}
    bulk: Bulk = Bulk()
    cases: Cases = Cases()
    appeals: Appeals = Appeals()
    notify: dict[str, Channel] = {}


class Facts(Struct, frozen=True, kw_only=True):
    """What the rules look at: a case as it stands."""

    bits: float
    accounts: int
    exchanges: int
    tokens_out: int
    verified: int
    detectors: tuple[str, ...]


class Condition(Struct, frozen=True, kw_only=True):
    """One condition of a rule, and whether it is met."""

    met: bool
    text: str


def conditions(rule: Rule, facts: Facts) -> tuple[Condition, ...]:
    """Say of each condition of a rule whether it is met.

    >>> rule = Rule(action=Kind.BLOCK, bits_at_least=12, hours=24)
    >>> facts = Facts(bits=9, accounts=4, exchanges=10, tokens_out=5, verified=0, detectors=())
    >>> [one.text for one in conditions(rule, facts) if not one.met]
    ['9.0 bits, 12 at least']
    """
    share = facts.verified / facts.accounts if facts.accounts else 0.0
    found = [
        Condition(
            met=facts.bits >= rule.bits_at_least,
            text=f"{facts.bits:.1f} bits, {rule.bits_at_least:g} at least",
        )
    ]
    if rule.bits_below is not None:
        text = f"{facts.bits:.1f} bits, below {rule.bits_below:g}"
        found.append(Condition(met=facts.bits < rule.bits_below, text=text))
    for name, value, least in (
        ("accounts", facts.accounts, rule.accounts_at_least),
        ("exchanges", facts.exchanges, rule.exchanges_at_least),
        ("tokens out", facts.tokens_out, rule.tokens_out_at_least),
    ):
        if least > 1:
            found.append(Condition(met=value >= least, text=f"{value:,} {name}, {least:,} at least"))
    if rule.verified_share_at_most < 1.0:
        text = f"{share:.0%} of the accounts verified, {rule.verified_share_at_most:.0%} at most"
        found.append(Condition(met=share <= rule.verified_share_at_most, text=text))
    if rule.detectors:
        text = f"one of {', '.join(rule.detectors)} speaks for it"
        found.append(Condition(met=not set(rule.detectors).isdisjoint(facts.detectors), text=text))
    return tuple(found)


def matches(rule: Rule, facts: Facts) -> bool:
    """Say whether all conditions of a rule are met."""
    return all(condition.met for condition in conditions(rule, facts))


def read(path: Path) -> Policy:
    """Read a policy file.

    Raises:
        BadSetting: it is not there, is no TOML, names what there is not, or gives a value that cannot be.
    """
    try:
        return parse(path.read_text("utf-8"), place=str(path))
    except FileNotFoundError:
        raise BadSetting(f"{path}: there is no such policy; write one, or leave it out for ours") from None
    except UnicodeDecodeError as error:
        raise BadSetting(f"{path}: a policy is UTF-8 text: {error}") from None


def shipped() -> Policy:
    """Return the policy that Excise ships."""
    return parse(shipped_text(), place="the shipped policy")


def shipped_text() -> str:
    """Return the policy that Excise ships, as a file to begin with."""
    return files("excise.casework").joinpath("policy.toml").read_text("utf-8")


def parse(text: str, *, place: str) -> Policy:
    """Return a policy from its text; ``place`` is named where it is wrong.

    Raises:
        BadSetting: see ``read``.
    """
    try:
        policy = msgspec.convert(tomllib.loads(text), Policy)
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{place}: {error}") from None
    except msgspec.ValidationError as error:
        raise BadSetting(f"{place}: {error}.{_meant(str(error))}") from None
    wrong = next(_wrong(policy), None)
    if wrong is not None:
        raise BadSetting(f"{place}: {wrong}")
    return policy


def _wrong(policy: Policy) -> Iterator[str]:
    for name, rule in policy.rules.items():
        yield from (f"[rules.{name}] {text}" for text in _wrong_rule(rule))
    if policy.bulk.accounts < 1 or not 0 < policy.bulk.traffic_share <= 1:
        yield "[bulk] accounts is at least 1, and traffic_share above 0 and at most 1"
    for name, channel in policy.notify.items():
        if isinstance(channel, Mail):
            if channel.security not in {"starttls", "tls", "none"}:
                yield f"[notify.{name}] security is starttls, tls or none, not {channel.security!r}"
        elif not channel.url.startswith(("https://", "http://")):
            yield f"[notify.{name}] url begins with https:// or http://"
        yield from (f"[notify.{name}] events: {text}" for text in _unknown(channel.events, EVENTS, "event"))


EVENTS = ("case_opened", "case_reopened", "decision_proposed", "decision_active", "appeal", "programme_ended")
"""What channels can be told of; one without ``events`` is told of all."""


def _wrong_rule(rule: Rule) -> Iterator[str]:
    for name, value in msgspec.structs.asdict(rule).items():
        if isinstance(value, float) and not math.isfinite(value):
            yield f"{name} is {value}, which is no finite number"
    if rule.hours <= 0 or rule.hours > 24 * 366:
        yield "hours is above 0 and at most a year: every action expires"
    if not 0 < rule.share <= 1:
        yield "share is above 0 and at most 1"
    if not 0 <= rule.verified_share_at_most <= 1:
        yield "verified_share_at_most is from 0 to 1"
    if not 0 <= rule.delay_hours < rule.hours:
        yield "delay_hours is at least 0 and below hours"
    if rule.scope not in (Scope.ACCOUNT, Scope.ACTOR):
        yield "scope is account or actor"
    if (rule.action is Kind.THROTTLE) != (rule.limits is not None):
        yield "limits belong to action = 'throttle', and it needs them: limits = { rpm = 60 }"
    if rule.limits is not None and rule.limits.rpm is None and rule.limits.tpm is None:
        yield "limits name rpm, tpm or both"
    if rule.degradation is not None and rule.action is not Kind.DEGRADE:
        yield "degradation belongs to action = 'degrade'"
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", rule.reason_code):
        yield "reason_code is one short word of small letters, digits and _"
    known = members("excise.detection.detectors", Detector)  # type: ignore[type-abstract]
    yield from (f"detectors: {text}" for text in _unknown(rule.detectors, known, "detector"))


def _unknown(names: Iterable[str], known: Iterable[str], what: str) -> Iterator[str]:
    there = sorted(known)
    for name in names:
        if name not in there:
            near = difflib.get_close_matches(name, there, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(there)}"
            yield f"there is no {what} {name!r}; {hint}"


_TABLES: dict[str, type[Struct]] = {
    "": Policy,
    "rules": Rule,
    "bulk": Bulk,
    "cases": Cases,
    "appeals": Appeals,
    "limits": Limits,
    "degradation": Degradation,
}


def _meant(error: str) -> str:
    """Return the name that was probably meant, or those that there are."""
    unknown = re.search(r"unknown field `([^`]+)`", error)
    value = re.search(r"Invalid enum value '([^']+)'", error)
    if unknown is not None:
        place = re.search(r"`\$((?:\.\w+|\[\.\.\.\])*)`", error)
        parts = [part for part in (place[1] if place else "").replace("[...]", "").split(".") if part]
        table = _TABLES.get(parts[-1] if parts else "")
        known = (
            list(table.__struct_fields__) if table else [*Mail.__struct_fields__, *Webhook.__struct_fields__]
        )
        near = difflib.get_close_matches(unknown[1], known, n=1)
        return f" Did you mean {near[0]}?" if near else f" There are: {', '.join(sorted(set(known)))}"
    if value is not None:
        known = [str(one) for kind in (Kind, Scope, Mode, Take) for one in kind]
        near = difflib.get_close_matches(value[1], known, n=1)
        return f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(known)}"
    return ""
