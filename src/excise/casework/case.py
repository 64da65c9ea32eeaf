"""Cases: a campaign, or anything that an analyst opens, under investigation."""

from enum import StrEnum

from msgspec import Struct


class Outcome(StrEnum):
    """What an investigation came to. It feeds calibration, never weights."""

    CONFIRMED = "confirmed"
    NOT_HARVESTING = "not_harvesting"
    UNSURE = "unsure"


class CaseStatus(StrEnum):
    """Where a case stands. A merged one lives on in the case that it names."""

    OPEN = "open"
    INVESTIGATING = "investigating"
    CLOSED = "closed"
    MERGED = "merged"


class Happening(StrEnum):
    """What can happen to a case; the kinds of its events."""

    OPENED = "opened"
    EVIDENCE = "evidence"
    JOINED = "joined"
    LEFT = "left"
    ASSIGNED = "assigned"
    COMMENTED = "commented"
    MERGED = "merged"
    SPLIT = "split"
    DECIDED = "decided"
    APPROVED = "approved"
    REFUSED = "refused"
    UNDONE = "undone"
    EXPIRED = "expired"
    SNOOZED = "snoozed"
    PRESERVED = "preserved"
    REVEALED = "revealed"
    APPEALED = "appealed"
    ANSWERED = "answered"
    NOTIFIED = "notified"
    CLOSED = "closed"
    REOPENED = "reopened"


class Event(Struct, frozen=True, kw_only=True):
    """One thing that happened to a case: when, who, and a sentence."""

    case: str
    at_s: float
    by: str
    happening: Happening
    text: str
    about: str | None = None


class Case(Struct, frozen=True, kw_only=True):
    """A case as it stands.

    Attributes:
        id: ``case-`` and 8 hexadecimal digits.
        title: one sentence, the campaign's headline while nobody changes it.
        campaign: the campaign's name; None of one that was opened by hand.
        actor: the actor under investigation.
        accounts: all accounts of it, sorted.
        by_hand: accounts put in or left out by a person, who outranks linking: account to True or False.
        bits: claimed bits of its campaign at the latest judgement.
        exchanges, tokens_out: exposure so far.
        trend: exchanges of the last seven days over those of the seven before; None without either.
        locked_by: who is deciding it now, until ``locked_until_s``.
        merged_into: of a merged one.
    """

    id: str
    title: str
    status: CaseStatus
    opened_at_s: float
    opened_by: str
    changed_at_s: float
    campaign: str | None = None
    actor: str | None = None
    accounts: tuple[str, ...] = ()
    by_hand: dict[str, bool] = {}
    bits: float = 0.0
    rank: float = 0.0
    exchanges: int = 0
    tokens_out: int = 0
    trend: float | None = None
    assignee: str | None = None
    locked_by: str | None = None
    locked_until_s: float | None = None
    outcome: Outcome | None = None
    outcome_because: str | None = None
    merged_into: str | None = None
