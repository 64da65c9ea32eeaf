"""Activity on lanes: which accounts were active when, on a grid small enough to look at."""

import math

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from excise.report import quantities
from excise.report.findings import AccountFacts, Portrait

MOST_LANES = 60
MOST_BINS = 400
_HOUR_S = 3600.0
_DAY_S = 86400.0


class Lane(Struct, frozen=True, kw_only=True):
    """One row of the grid: an account, or several that began one after another where there are too many."""

    accounts: tuple[str, ...]
    first_at_s: float | None
    last_at_s: float | None


class Lanes(Struct, frozen=True, kw_only=True):
    """The grid. ``counts[lane, bin]`` exchanges; bin i starts at ``origin_s + i * width_s``.

    ``active[bin]`` is how many accounts sent anything in the bin. ``lane_of`` says where an account is.
    """

    lanes: tuple[Lane, ...]
    counts: npt.NDArray[np.int64]
    active: npt.NDArray[np.int64]
    origin_s: float
    width_s: float
    lane_of: dict[str, int]
    accounts: int

    def starts_s(self) -> list[float]:
        """Return when each bin starts."""
        return [self.origin_s + self.width_s * i for i in range(self.counts.shape[1])]


def lanes(portrait: Portrait, most_lanes: int = MOST_LANES, most_bins: int = MOST_BINS) -> Lanes:
    """Lay a campaign's accounts on lanes, in order of their first exchange.

    Beyond ``most_lanes`` accounts, neighbors share a lane; beyond ``most_bins`` bins, neighbors are merged,
    into whole hours or days where that is near. Accounts without an exchange are left out.
    """
    active = [account for account in portrait.accounts if account.bins]
    active.sort(key=lambda a: (min(a.bins), _or_late(a.first_at_s), a.account))
    if not active:
        nothing = np.zeros((0, 0), dtype=np.int64)
        grid = portrait.bins
        return Lanes(
            lanes=(),
            counts=nothing,
            active=nothing.sum(axis=0),
            origin_s=grid.origin_s,
            width_s=grid.width_s,
            lane_of={},
            accounts=0,
        )
    first = min(min(account.bins) for account in active)
    last = max(max(account.bins) for account in active)
    factor = _factor(last - first + 1, portrait.bins.width_s, most_bins)
    first -= first % factor  # merged bins start where a grid of that width would
    bins = (last - first) // factor + 1
    share = math.ceil(len(active) / most_lanes)
    groups = [active[at : at + share] for at in range(0, len(active), share)]
    counts = np.zeros((len(groups), bins), dtype=np.int64)
    senders = np.zeros(bins, dtype=np.int64)
    for row, group in enumerate(groups):
        for account in group:
            at = (np.asarray(account.bins, dtype=np.int64) - first) // factor
            np.add.at(counts[row], at, np.asarray(account.counts, dtype=np.int64))
            senders[np.unique(at)] += 1
    return Lanes(
        lanes=tuple(_lane(group) for group in groups),
        counts=counts,
        active=senders,
        origin_s=portrait.bins.origin_s + first * portrait.bins.width_s,
        width_s=portrait.bins.width_s * factor,
        lane_of={account.account: row for row, group in enumerate(groups) for account in group},
        accounts=len(active),
    )


def width(width_s: float) -> str:
    """Say how long a bin is.

    >>> width(3600.0), width(21600.0), width(172800.0)
    ('hour', '6 hours', '2 days')
    """
    for unit_s, unit in ((_DAY_S, "day"), (_HOUR_S, "hour"), (60.0, "minute")):
        if width_s >= unit_s and width_s % unit_s == 0:
            return unit if width_s == unit_s else quantities.plural(int(width_s // unit_s), unit)
    return f"{width_s:g} s"


def _factor(bins: int, width_s: float, most_bins: int) -> int:
    least = math.ceil(bins / most_bins)
    if least == 1:
        return 1
    for nice_s in (
        _HOUR_S,
        2 * _HOUR_S,
        3 * _HOUR_S,
        6 * _HOUR_S,
        12 * _HOUR_S,
        _DAY_S,
        2 * _DAY_S,
        7 * _DAY_S,
    ):
        if nice_s % width_s == 0 and nice_s / width_s >= least:
            return int(nice_s / width_s)
    return least


def _lane(group: list[AccountFacts]) -> Lane:
    firsts = [a.first_at_s for a in group if a.first_at_s is not None]
    lasts = [a.last_at_s for a in group if a.last_at_s is not None]
    return Lane(
        accounts=tuple(account.account for account in group),
        first_at_s=min(firsts, default=None),
        last_at_s=max(lasts, default=None),
    )


def _or_late(at_s: float | None) -> float:
    return math.inf if at_s is None or math.isnan(at_s) else at_s
