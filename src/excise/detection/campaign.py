"""What detection says: a Verdict for each account, a Campaign for each actor that harvests."""

from msgspec import Struct

from excise.linking.actor import Link


class Because(Struct, frozen=True, kw_only=True):
    """One reason, for (weight above 0) or against (below): who found it, how much it weighs, and a sentence.

    ``weight`` is a match weight (log2 of a likelihood ratio). Weights of correlated signals do not add up to
    the bits; the weigher combines them.
    """

    signal: str
    weight: float
    text: str


class Verdict(Struct, frozen=True, kw_only=True):
    """What the evidence says about one account.

    ``rank`` orders accounts, is never capped and is not evidence. ``bits`` is the calibrated claim: an
    innocent account reaches b bits at most once in 2^b. ``verdict`` is distillation, none, or permitted (a
    programme covers it). ``decided_at`` is epoch seconds of log time in a replay, else None.
    """

    account: str
    actor: str
    rank: float
    bits: float
    campaign: str | None
    verdict: str
    decided_at: float | None
    because: tuple[Because, ...]


class Lookalike(Struct, frozen=True, kw_only=True):
    """An honest actor that resembles a campaign in some ways, and what sets it apart."""

    actor: str
    accounts: int
    exchanges: int
    rank: float
    shares: tuple[str, ...]
    differs: tuple[str, ...]


class Campaign(Struct, frozen=True, kw_only=True):
    """An actor that the signals say harvests training data.

    ``sentence`` is the headline in plain words, ``particular`` the reason that sets this campaign apart from
    the others that were named. ``prior_bits`` is what the weigher starts from (at most 0) so
    that a waterfall from it over ``because`` ends at ``rank`` before the cap. ``linked`` says why its
    accounts are held to have one owner, each with its tie's mean match weight. ``new`` and ``joined`` compare
    with the last scan into the same store.
    """

    name: str
    actor: str
    sentence: str
    accounts: tuple[str, ...]
    bits: float
    rank: float
    ceiling_bits: float
    exchanges: int
    tokens_out: int
    started_at_s: float
    ended_at_s: float
    because: tuple[Because, ...]
    links: tuple[Link, ...]
    linked: tuple[Because, ...] = ()
    lookalikes: tuple[Lookalike, ...] = ()
    new: bool = False
    joined: tuple[str, ...] = ()
    particular: str = ""
