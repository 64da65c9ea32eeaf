"""How often an actor asks for token probabilities."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class TokenProbabilities(Feature):
    """Share of exchanges that ask for log-probabilities."""

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Average."""
        seen = view.exchanges
        return seen.group_by("actor").agg(value=seen.logprobs.notnull().cast("float64").mean())
