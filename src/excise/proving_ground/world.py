"""The World: everything that a composed population depends on, in one record.

A world is content x honest kinds x tactics x rhythms x metadata habits x what the provider knows.
"""

import msgspec

from excise.proving_ground.tradecraft import Tradecraft

START_S = 1759708800.0
"""When worlds begin unless told otherwise: Monday 2025-10-06 00:00 UTC."""


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """How honest customers live in this world, as shares of them.

    Every one of these looks guilty to somebody.
    """

    roaming: float = 0.1
    """move over many addresses"""
    tunneled: float = 0.08
    """come through a VPN that strangers share"""
    mobile: float = 0.2
    """come through a mobile carrier that puts strangers behind one address"""
    fresh: float = 0.1
    """signed up in the week before the log, or during it"""
    shared_card: float = 0.04
    """pay with a card that others pay with too (a family, an agency)"""
    spare: float = 0.05
    """have several accounts"""
    identified: float = 0.12
    """had their identity verified"""
    popular_app: float = 0.1
    """use an app or a public template that strangers use too"""
    six: float = 0.0
    """home networks that speak IPv6"""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider's log and directory hold, as shares of accounts."""

    words: float = 1.0
    """accounts whose requests are logged with their words"""
    replies: float = 0.5
    """accounts whose replies are logged with their words"""
    addresses: float = 1.0
    """accounts whose address is logged"""
    tls: float = 1.0
    """accounts whose TLS fingerprint is logged"""
    payment: float = 0.95
    """accounts whose payment instrument is known"""


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """One campaign of a world: a tactic, its size and how it hides."""

    tactic: str
    accounts: int
    exchanges: int
    """exchanges of the whole campaign, about"""
    tradecraft: Tradecraft
    genres: tuple[str, ...] = ("math", "code")


class World(msgspec.Struct, frozen=True, kw_only=True):
    """The specification of a composed log. Equal worlds compose to equal bytes."""

    seed: int
    start_s: float = START_S
    days: int = 7
    accounts: int = 1800
    """honest accounts, about (a class or a firm is not cut in two)"""
    exchanges: int = 40_000
    """exchanges of honest accounts, about"""
    honest: dict[str, float]
    """honest kinds and their shares of honest accounts"""
    campaigns: tuple[Campaign, ...]
    habits: Habits = Habits()
    known: Known = Known()
    grammars: tuple[str, ...]
    """which of the own grammars the accounts speak"""
    sources: tuple[str, ...] = ()
    """which sources of the content folder they speak, where one is given"""
