"""Whether the requests of an actor's accounts wait for one another."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class Overlap(Feature):
    """Requests that begin while another account's request runs, against what independence predicts.

    One worker that deals a queue to many accounts never overlaps itself: 0. Independent accounts are at 1.
    Known from two accounts and 50 exchanges on.
    """

    unit: ClassVar[str] = "ratio"

    def of(self, view: View) -> ir.Table:
        """Divide observed by expected overlaps."""
        order = ibis.window(group_by="actor", order_by=["started_at", "record"])
        seen = view.several.filter(view.several.duration_ms.notnull())
        end = seen.started_at.epoch_seconds() + seen.duration_ms / 1000.0
        seen = seen.mutate(start_s=seen.started_at.epoch_seconds(), end_s=end)
        seen = seen.mutate(
            end_before=seen.end_s.lag().over(order), account_before=seen.account.lag().over(order)
        )
        overlaps = (seen.end_before > seen.start_s) & (seen.account_before != seen.account)
        counted = seen.group_by("actor").agg(
            n=seen.count(),
            accounts=seen.account.nunique(),
            observed=ibis.coalesce(overlaps.sum(), 0),
            busy_s=(seen.duration_ms / 1000.0).sum(),
            span_s=seen.start_s.max() - seen.start_s.min(),
        )
        counted = counted.filter((counted.n >= 50) & (counted.accounts >= 2) & (counted.span_s > 0))
        expected = counted.n * ibis.least(counted.busy_s / counted.span_s, 1.0) * (1 - 1 / counted.accounts)
        return counted.select("actor", value=counted.observed / ibis.greatest(expected, 1e-9))
