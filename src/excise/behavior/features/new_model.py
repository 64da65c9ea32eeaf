"""How quickly an actor moves to a new model."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class NewModel(Feature):
    """Share of the actor's exchanges in the 48 hours after a release that go to the released model.

    Anthropic (February 2026) saw half of a campaign's traffic move within a day. Known where the actor has
    five exchanges before the release and five after.
    """

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Average around each release, and take the largest."""
        seen, out = view.exchanges, view.releases.select(released="model", released_at="released_at")
        near = seen.cross_join(out)
        after = (near.started_at >= near.released_at) & (
            near.started_at < near.released_at + ibis.interval(hours=48)
        )
        moved = near.group_by("actor", "released").agg(
            before=(near.started_at < near.released_at).sum(),
            after=after.sum(),
            value=(near.model == near.released).cast("float64").mean(where=after),
        )
        moved = moved.filter((moved.before >= 5) & (moved.after >= 5))
        return moved.group_by("actor").agg(value=moved.value.max())
