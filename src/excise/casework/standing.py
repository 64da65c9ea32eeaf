"""Standings: what detection says of every account at the latest judgement, as casework keeps it."""

from msgspec import Struct

from excise.detection.campaign import Because, Campaign


class Standing(Struct, frozen=True, kw_only=True):
    """How one account stands.

    ``bits``, ``rank`` and ``because`` are its actor's. ``verified`` says that the provider has verified who
    the customer is, where it is known.
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
    because: tuple[Because, ...] = ()


class Round(Struct, frozen=True, kw_only=True):
    """What one turn of the loop found: the standings that changed, and the campaigns that are new or changed.

    ``gone`` names campaigns that detection no longer names: their cases stay open, and say so.
    """

    at_s: float
    standings: tuple[Standing, ...]
    campaigns: tuple[Campaign, ...]
    gone: tuple[str, ...] = ()
