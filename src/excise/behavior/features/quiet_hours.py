"""How many hours of the day an actor sleeps."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class QuietHours(Feature):
    """Hours of the day (UTC) in which the actor is active less than a quarter as often as on average.

    Activity is counted in distinct hours, so that one burst is one. Known from 24 active hours on: with
    fewer, empty hours are chance.
    """

    unit: ClassVar[str] = "hours"

    def of(self, view: View) -> ir.Table:
        """Count quiet hours of the day."""
        active = view.exchanges.select("actor", hour=view.exchanges.started_at.truncate("h")).distinct()
        active = active.mutate(of_day=active.hour.hour())
        by_hour = active.group_by("actor", "of_day").agg(n=active.count())
        totals = by_hour.group_by("actor").agg(total=by_hour.n.sum())
        joined = by_hour.join(totals, "actor").filter(ibis._.total >= 24)
        loud = joined.group_by("actor").agg(loud=(joined.n * 96 >= joined.total).sum())
        return loud.select("actor", value=(24 - loud.loud).cast("float64"))
