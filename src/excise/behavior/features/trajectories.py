"""How often an actor plays an agent by text."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View
from excise.observation.cues import bit_of


class Trajectories(Feature):
    """Share of exchanges whose words carry thought, action and observation lines."""

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Average over the exchanges whose words were logged."""
        seen = view.exchanges.filter(view.exchanges.prompt.notnull())
        asked = (seen.cues & (bit_of("trajectory"))) != 0
        return seen.group_by("actor").agg(value=asked.cast("float64").mean())
