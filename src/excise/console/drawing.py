"""What is drawn of a campaign, made once for as long as the loop leaves its portrait as it is."""

from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from excise.report.findings import Portrait
from excise.report.page import Shown, accounts, shown, ties
from excise.report.table import Table
from excise.service.loop import portraits

_MOST_KEPT = 64


class Drawn(Struct, frozen=True):
    """The pictures and tables of a campaign; ``pictures`` are Plotly's JSON by the id of their place."""

    portrait: Portrait
    figures: tuple[Shown, ...]
    pictures: dict[str, str]
    ties: Table
    accounts: Table


def drawn(portrait: Portrait) -> Drawn:
    """Draw a campaign."""
    pictures: dict[str, str] = {}
    return Drawn(portrait, shown(portrait, "case", pictures), pictures, ties(portrait), accounts(portrait))


def kept(folder: Path, campaign: str) -> Drawn | None:
    """Return what is drawn of a campaign from the portrait that the loop keeps; None where it keeps none."""
    changed = portraits.changed_ns(folder, campaign)
    return None if changed is None else _kept(folder, campaign, changed)


@lru_cache(maxsize=_MOST_KEPT)
def _kept(folder: Path, campaign: str, changed_ns: int) -> Drawn | None:  # noqa: ARG001 - part of the key
    portrait = portraits.read(folder, campaign)
    return None if portrait is None else drawn(portrait)
