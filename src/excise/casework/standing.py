"""Standings: what detection says of every account at the latest judgement, as casework keeps it."""

from enum import StrEnum

from msgspec import Struct

from excise.detection.campaign import Because, Campaign


class Standing(Struct, frozen=True, kw_only=True):
    """How one account stands.

    ``bits``, ``rank`` and ``because`` are its actor's. ``verified`` says that the provider has verified who
    the customer is, where it is known; ``organization`` is whose account it is, in the provider's directory.
    """

    account: str
    actor: str
    bits: float
    rank: float
    campaign: str | None
    exchanges: int
    tokens_out: int
    started_at_s: float
    ended_at_s: float
    verified: bool | None = None
    programme: str | None = None
    organization: str | None = None
    because: tuple[Because, ...] = ()


class Round(Struct, frozen=True, kw_only=True):
    """What one turn of the loop found: the standings that changed, and the campaigns that are new or changed.

    ``gone`` names campaigns that detection no longer names: their cases stay open, and say so.
    """

    at_s: float
    standings: tuple[Standing, ...]
    campaigns: tuple[Campaign, ...]
    gone: tuple[str, ...] = ()


class Moment(Struct, frozen=True, kw_only=True):
    """How an account stood from a moment on."""

    account: str
    at_s: float
    actor: str
    bits: float
    rank: float
    campaign: str | None


class StandingOrder(StrEnum):
    """By what a list of standings is ordered: the most first, accounts by name."""

    RANK = "rank"
    BITS = "bits"
    EXCHANGES = "exchanges"
    ACCOUNT = "account"


class StandingFilter(Struct, frozen=True, kw_only=True):
    """Which standings a list holds; None asks for nothing. ``prefix`` is how the account begins."""

    actor: str | None = None
    campaign: str | None = None
    programme: str | None = None
    prefix: str | None = None
    bits_at_least: float | None = None
    order: StandingOrder = StandingOrder.RANK


class StandingPage(Struct, frozen=True, kw_only=True):
    """A page of standings without their reasons; ``after`` asks for the next, None where this is the last."""

    standings: tuple[Standing, ...]
    after: str | None = None
