"""Whether an actor answers to what it was told."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class FollowUps(Feature):
    """Mean share of a turn's rarer words that stood in the reply before it, over turns that follow a reply.

    People and live agents pick up the reply's words; prepared turns do not. Known from ten such turns on.
    """

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Average."""
        seen = view.exchanges.filter(view.exchanges.follows.notnull())
        counted = seen.group_by("actor").agg(n=seen.count(), value=seen.follows.cast("float64").mean())
        return counted.filter(counted.n >= 10).select("actor", "value")
