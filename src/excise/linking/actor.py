"""Actors: the accounts that one owner runs, and the links that say so."""

from msgspec import Struct


class Strand(Struct, frozen=True, kw_only=True):
    """One tie's part in a link: its match weight (log2 of a likelihood ratio; below 0 against) and why."""

    tie: str
    block: str
    weight: float
    text: str


class Link(Struct, frozen=True, kw_only=True):
    """Two accounts and how strongly the ties say that they have one owner.

    ``weight`` is a match weight after the blocks are combined and the prior is paid; it is not the sum of its
    strands.
    """

    one: str
    other: str
    weight: float
    strands: tuple[Strand, ...] = ()


class Actor(Struct, frozen=True, kw_only=True):
    """The accounts that one owner runs, as far as the ties show; most actors are one account."""

    name: str
    accounts: tuple[str, ...]
    links: tuple[Link, ...] = ()
