"""How often an actor asks for new tasks."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View
from excise.observation.cues import bit_of


class Bootstrapping(Feature):
    """Share of exchanges that ask for instructions, questions or harder versions of them.

    So data sets are grown (Self-Instruct, Wang et al. 2022; Evol-Instruct, Xu et al. 2023).
    """

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Average over the exchanges whose words were logged."""
        seen = view.exchanges.filter(view.exchanges.prompt.notnull())
        asked = (seen.cues & (bit_of("bootstrapping") | bit_of("evolution"))) != 0
        return seen.group_by("actor").agg(value=asked.cast("float64").mean())
