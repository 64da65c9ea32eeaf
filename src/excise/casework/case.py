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
    PROPOSED = "proposed"
    UNDONE = "undone"
    EXPIRED = "expired"
    SNOOZED = "snoozed"
    PRESERVED = "preserved"
    REVEALED = "revealed"
    APPEALED = "appealed"
    ANSWERED = "answered"
    NOTIFIED = "notified"
    RELEASED = "released"
    GONE = "gone"
    CLOSED = "closed"
    REOPENED = "reopened"


class CaseOrder(StrEnum):
    """By what a list of cases is ordered, the most first."""

    CHANGED = "changed"
    BITS = "bits"
    RANK = "rank"
    SIZE = "size"
    EXCHANGES = "exchanges"


class CaseFilter(Struct, frozen=True, kw_only=True):
    """Which cases a list holds; None asks for nothing.

    ``text`` is looked for in the title, in any case of letters; ``assignee`` "" asks for cases of nobody.
    """

    status: tuple[CaseStatus, ...] = (CaseStatus.OPEN, CaseStatus.INVESTIGATING)
    assignee: str | None = None
    bits_at_least: float | None = None
    size_at_least: int | None = None
    outcome: Outcome | None = None
    account: str | None = None
    campaign: str | None = None
    actor: str | None = None
    text: str | None = None
    order: CaseOrder = CaseOrder.BITS


class Event(Struct, frozen=True, kw_only=True):
    """One thing that happened to a case: when, who, and a sentence. It is an entry of the ledger."""

    sequence: int
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
        accounts: all accounts of it, sorted; empty in a list of cases, where ``size`` counts them.
        size, verified: how many accounts, and how many of them the provider has verified.
        by_hand: accounts put in or left out by a person, who outranks linking: account to True or False.
        bits: claimed bits of its campaign at the latest judgement.
        exchanges, tokens_out: exposure so far.
        trend: exchanges of the last seven days over those of the seven before; None without either.
        gone_at_s: since when detection no longer names its campaign.
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
    size: int = 0
    verified: int = 0
    by_hand: dict[str, bool] = {}
    bits: float = 0.0
    rank: float = 0.0
    exchanges: int = 0
    tokens_out: int = 0
    trend: float | None = None
    gone_at_s: float | None = None
    assignee: str | None = None
    locked_by: str | None = None
    locked_until_s: float | None = None
    outcome: Outcome | None = None
    outcome_because: str | None = None
    closed_at_s: float | None = None
    merged_into: str | None = None


class CasePage(Struct, frozen=True, kw_only=True):
    """A page of a list of cases; ``after`` asks for the next, None where this is the last."""

    cases: tuple[Case, ...]
    after: str | None = None
