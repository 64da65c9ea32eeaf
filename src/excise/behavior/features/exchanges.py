"""How much an actor asks."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class Exchanges(Feature):
    """Exchanges in the window."""

    unit: ClassVar[str] = "exchanges"

    def of(self, view: View) -> ir.Table:
        """Count them."""
        seen = view.exchanges
        return seen.group_by("actor").agg(value=seen.count().cast("float64"))
