"""How evenly an actor spaces its requests."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class GapSpread(Feature):
    """The interquartile range of the log2 of the gaps between consecutive requests of the actor.

    A queue worker is near 1, a Poisson process at 2, people at 5 and more. Known from 20 requests on. Gaps
    under a tenth of a second count as that.
    """

    unit: ClassVar[str] = "bits"

    def of(self, view: View) -> ir.Table:
        """Take the range of log gaps."""
        order = ibis.window(group_by="actor", order_by=["started_at", "record"])
        seen = view.exchanges.mutate(before=view.exchanges.started_at.lag().over(order))
        seen = seen.filter(seen.before.notnull())
        gap_s = ibis.greatest(seen.started_at.delta(seen.before, unit="millisecond") / 1000.0, 0.1)
        seen = seen.mutate(log_gap=gap_s.log2())
        spread = seen.group_by("actor").agg(
            n=seen.count(), high=seen.log_gap.quantile(0.75), low=seen.log_gap.quantile(0.25)
        )
        return spread.filter(spread.n >= 20).select("actor", value=spread.high - spread.low)
