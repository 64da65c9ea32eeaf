"""How busy an account is while it is at work."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class ExchangesPerHour(Feature):
    """Exchanges of an account in an hour in which it sends any, the mean over the actor's accounts."""

    unit: ClassVar[str] = "exchanges"

    def of(self, view: View) -> ir.Table:
        """Average over accounts."""
        seen = view.exchanges.mutate(hour=view.exchanges.started_at.truncate("h"))
        counted = seen.group_by("actor", "account").agg(each=seen.count() / seen.hour.nunique())
        return counted.group_by("actor").agg(value=counted.each.mean())
