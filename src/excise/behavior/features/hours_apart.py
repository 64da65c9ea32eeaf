"""Whether the accounts of an actor keep hours of their own."""

import math
from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.apart import apart
from excise.behavior.features import Feature, View


class HoursApart(Feature):
    """Share of the variance of the time of day that lies between the actor's accounts.

    Each person has hours of their own, and a sitting is one evening; a queue deals its day to every account.
    The mean over the two coordinates of the time of day on a circle.
    """

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Take both coordinates."""
        seen = view.several
        turn = seen.started_at.epoch_seconds() * (2 * math.pi / 86_400.0)
        east = apart(seen.select("actor", "account", x=turn.sin()))
        north = apart(seen.select("actor", "account", x=turn.cos())).rename(other="value")
        both = east.join(north, "actor")
        return both.select("actor", value=(both.value + both.other) / 2)
