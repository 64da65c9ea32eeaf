"""Whether the accounts of an actor send alike amounts."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class VolumeSpread(Feature):
    """Standard deviation of the log2 of exchanges per account, over the accounts of an actor.

    People differ by factors of ten; a harvester deals alike shares. Known from two accounts on.
    """

    unit: ClassVar[str] = "bits"

    def of(self, view: View) -> ir.Table:
        """Take the deviation."""
        counts = view.several.group_by("actor", "account").agg(n=view.several.count())
        spread = counts.group_by("actor").agg(accounts=counts.count(), value=counts.n.log2().std(how="pop"))
        return spread.filter(spread.accounts > 1).select("actor", "value")
