"""Several accounts ask with the same unusual settings of the sampler."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.linking.combination import combination
from excise.linking.ties import Block, SharedValue, Sharing
from excise.store.tables import Tables


class Sampler(SharedValue):
    """The request's parameters taken together. Defaults of popular SDKs are common and weigh little."""

    block: ClassVar[Block] = "script"
    agreement: ClassVar[float] = 0.8
    most: ClassVar[float] = 9.0

    def carriers(self, tables: Tables) -> ir.Table:
        """The combinations that an account uses in three of ten requests or more."""
        seen = tables.observations
        counted = seen.group_by("account", value=combination(seen)).agg(n=seen.count())
        counted = counted.mutate(share=counted.n / counted.n.sum().over(group_by="account"))
        return counted.filter(counted.share >= 0.3).select("account", "value", detail=ibis.null("float64"))

    def sentence(self, sharing: Sharing) -> str:
        """Say how many accounts use one combination."""
        return (
            f"{sharing.inside} of {sharing.size} accounts use the same sampler settings, {sharing.elsewhere}"
        )
