"""What is drawn of a campaign, made once for as long as the loop leaves its portrait as it is."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from msgspec import Struct, structs

from excise.report.findings import Event, Portrait
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


def kept(folder: Path, campaign: str, events: Sequence[Event] = ()) -> Drawn | None:
    """Return what is drawn of a campaign from the portrait that the loop keeps; None where it keeps none.

    Args:
        folder: of the portraits.
        campaign: its name.
        events: moments to mark besides those of the portrait.
    """
    changed = portraits.changed_ns(folder, campaign)
    return None if changed is None else _drawn(folder, campaign, changed, tuple(events))


def portrait(folder: Path, campaign: str) -> Portrait | None:
    """Return the portrait of a campaign that the loop keeps, undrawn; None where it keeps none."""
    changed = portraits.changed_ns(folder, campaign)
    return None if changed is None else _read(folder, campaign, changed)


@lru_cache(maxsize=_MOST_KEPT)
def _drawn(folder: Path, campaign: str, changed_ns: int, events: tuple[Event, ...]) -> Drawn | None:
    its = _read(folder, campaign, changed_ns)
    return None if its is None else drawn(structs.replace(its, events=its.events + events))


@lru_cache(maxsize=_MOST_KEPT)
def _read(folder: Path, campaign: str, changed_ns: int) -> Portrait | None:  # noqa: ARG001 - part of the key
    return portraits.read(folder, campaign)
