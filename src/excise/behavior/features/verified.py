"""How much of an actor is a checked business."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class Verified(Feature):
    """Share of the actor's exchanges from accounts whose business was checked against a registry."""

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Average over exchanges."""
        seen = view.exchanges.join(view.accounts.select("account", "verification"), "account")
        return seen.group_by("actor").agg(
            value=(ibis.coalesce(seen.verification, "none") == "business").cast("float64").mean()
        )
