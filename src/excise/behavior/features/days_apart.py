"""Whether the accounts of an actor work one after another."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.apart import apart
from excise.behavior.features import Feature, View


class DaysApart(Feature):
    """Share of the variance of the moments of requests that lies between the actor's accounts.

    Near 1 where one account takes over from the other: each is used up, or banned, and the next goes on.
    """

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Take the moment in days."""
        seen = view.several
        return apart(seen.select("actor", "account", x=seen.started_at.epoch_seconds() / 86_400.0))
