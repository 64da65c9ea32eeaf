"""For how long an actor's accounts are in use."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class Span(Feature):
    """Time from an account's first exchange to its last, as a share of the window; the mean over accounts."""

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Average over accounts."""
        at = view.exchanges.started_at.epoch_seconds()
        whole = view.exchanges.agg(window=(at.max() - at.min()).cast("float64"))
        used = view.exchanges.group_by("actor", "account").agg(used=at.max() - at.min())
        spans = used.group_by("actor").agg(mean=used.used.mean()).cross_join(whole)
        return spans.filter(spans.window > 0).select("actor", value=ibis._["mean"] / ibis._.window)
