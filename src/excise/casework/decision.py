"""Decisions: what is done about a subject, by whom, why and until when.

A decision is a record of its own beside the verdict. It expires by itself, can be undone, and whether it is
carried out or only written down (``simulated``) stands on the record.
"""

from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """What is done, mildest first."""

    OBSERVE = "observe"
    THROTTLE = "throttle"
    CHALLENGE = "challenge"
    DEGRADE = "degrade"
    BLOCK = "block"

    @property
    def severity(self) -> int:
        """Where it stands among the kinds, from 0; the severest of several that hold is carried out.

        >>> Kind.BLOCK.severity > Kind.THROTTLE.severity
        True
        """
        return _SEVERITY[self]


_SEVERITY = {kind: place for place, kind in enumerate(Kind)}


class Scope(StrEnum):
    """What a decision is about. That of an actor follows the actor: it holds for accounts that join it."""

    ACCOUNT = "account"
    ACTOR = "actor"
    END_USER = "end_user"
    ADDRESS = "address"


class Mode(StrEnum):
    """How far a rule has come: written down, carried out on a share of its subjects, carried out."""

    SHADOW = "shadow"
    CANARY = "canary"
    LIVE = "live"


class Status(StrEnum):
    """Where a decision stands. Only an active one holds."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    REFUSED = "refused"
    UNDONE = "undone"
    EXPIRED = "expired"


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of a throttle: requests and tokens per minute, of the account or of all accounts of the actor together.

    None does not limit.
    """

    rpm: int | None = None
    tpm: int | None = None


class Degradation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a degraded caller does not get; the operator sees it, and so does the caller in a header."""

    strip_logprobs: bool = True
    hide_reasoning: bool = True
    max_n: int | None = 1
    max_tokens: int | None = None


class Draft(Struct, frozen=True, kw_only=True):
    """What somebody wants to be decided; ``state.decisions.propose`` makes a decision of it.

    Attributes:
        hours: how long it holds.
        mode: of a rule, or live or shadow by hand.
        act: let it hold at once where nobody else has to agree; else it waits for approval.
        delay_s: how long after it is made it begins.
        key: the same key never makes two decisions: who is unsure whether it went through asks again.
    """

    kind: Kind
    scope: Scope
    subject: str
    reason: str
    reason_code: str
    hours: float
    mode: Mode = Mode.LIVE
    share: float = 1.0
    act: bool = False
    delay_s: float = 0.0
    case: str | None = None
    rule: str | None = None
    limits: Limits | None = None
    degradation: Degradation | None = None
    key: str | None = None


class Decision(Struct, frozen=True, kw_only=True):
    """One decision, as it stands.

    Attributes:
        id: ``dec-`` and 16 hexadecimal digits.
        subject: an account, an actor's name, ``account/end_user`` (``end_user_subject``), or an address or
            prefix.
        case: the case that it belongs to, if any.
        rule: the rule of the policy that proposed it; None by hand.
        mode: of the rule when it was made; by hand, live or shadow.
        share: of a canary, which share of the subject's accounts it is carried out on, picked by keyed hash.
        simulated: it is written down, shown and counted, and not carried out.
        reason: why, for colleagues; never empty.
        reason_code: why, for the caller; a short word.
        made_by, approved_by, undone_by: who; ``policy`` for the policy.
        starts_at_s, until_s: epoch seconds; it holds from the one and before the other.
        size: how many accounts it touched when it was made.
    """

    id: str
    kind: Kind
    scope: Scope
    subject: str
    status: Status
    reason: str
    reason_code: str
    made_by: str
    made_at_s: float
    starts_at_s: float
    until_s: float
    mode: Mode = Mode.LIVE
    share: float = 1.0
    simulated: bool = False
    case: str | None = None
    rule: str | None = None
    limits: Limits | None = None
    degradation: Degradation | None = None
    approved_by: str | None = None
    approved_at_s: float | None = None
    undone_by: str | None = None
    undone_at_s: float | None = None
    undone_because: str | None = None
    size: int = 1

    def holds(self, *, at_s: float) -> bool:
        """Say whether it holds at a moment: active, begun and not over."""
        return self.status is Status.ACTIVE and self.starts_at_s <= at_s < self.until_s


class DecisionFilter(Struct, frozen=True, kw_only=True):
    """Which decisions a list holds; None, and no status, ask for nothing."""

    status: tuple[Status, ...] = ()
    case: str | None = None
    rule: str | None = None
    made_by: str | None = None
    kind: Kind | None = None
    scope: Scope | None = None
    subject: str | None = None
    simulated: bool | None = None


class DecisionPage(Struct, frozen=True, kw_only=True):
    """A page of a list of decisions; ``after`` asks for the next, None where this is the last."""

    decisions: tuple[Decision, ...]
    after: str | None = None


class Effect(Struct, frozen=True, kw_only=True):
    """What holds for one subject at the gateway, after every decision, programme and snooze was weighed.

    ``scope`` is never the actor: a decision about an actor becomes the effects of its accounts, and ``actor``
    says whose budget they share. At most one effect of each (scope, subject, simulated) is there: the
    severest.
    """

    scope: Scope
    subject: str
    simulated: bool
    decision: str
    kind: Kind
    starts_at_s: float
    until_s: float
    reason_code: str
    actor: str | None = None
    limits: Limits | None = None
    degradation: Degradation | None = None


class Lifted(Struct, frozen=True, kw_only=True):
    """A subject for which nothing holds any more."""

    scope: Scope
    subject: str
    simulated: bool


class Changes(Struct, frozen=True, kw_only=True):
    """What changed in the effects since a sequence number.

    With ``whole`` they replace all that was known. With ``more``, ask again with ``sequence`` at once.
    """

    sequence: int
    whole: bool
    effects: tuple[Effect, ...]
    lifted: tuple[Lifted, ...] = ()
    more: bool = False


def end_user_subject(account: str, end_user: str) -> str:
    """Return the subject of a decision about an account's own customer.

    A slash or a percent sign in the account's name is escaped, so that whoever names end users (the account
    does) cannot name another account's.

    >>> end_user_subject("acme", "user/7"), end_user_subject("acme/user", "7")
    ('acme/user/7', 'acme%2Fuser/7')
    """
    return f"{account.replace('%', '%25').replace('/', '%2F')}/{end_user}"


def owner_of(subject: str) -> str:
    """Return the account that an ``account/end_user`` is of.

    >>> owner_of(end_user_subject("acme/user", "7"))
    'acme/user'
    """
    return subject.partition("/")[0].replace("%2F", "/").replace("%25", "%")
