"""How often an actor asks for grades and preferences."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View
from excise.observation.cues import bit_of


class Grading(Feature):
    """Share of exchanges that ask to score, rank or compare answers (the teacher as a reward model)."""

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Average over the exchanges whose words were logged."""
        seen = view.exchanges.filter(view.exchanges.prompt.notnull())
        asked = (seen.cues & (bit_of("grading") | bit_of("preference"))) != 0
        return seen.group_by("actor").agg(value=asked.cast("float64").mean())
