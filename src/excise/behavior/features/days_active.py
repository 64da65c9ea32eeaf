"""On what share of days an actor is at work."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class DaysActive(Feature):
    """Days of the window with an exchange, as a share of its days."""

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Count days."""
        seen = view.exchanges.mutate(day=view.exchanges.started_at.truncate("D"))
        total = seen.agg(days=seen.day.nunique())
        counted = seen.group_by("actor").agg(days_seen=seen.day.nunique())
        return counted.cross_join(total).select("actor", value=ibis._.days_seen / ibis._.days)
