"""Several accounts define the same tools."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.linking.ties import Block, SharedValue, Sharing
from excise.store.tables import Tables


class Toolset(SharedValue):
    """The tool definitions of a request.

    Public agents ship theirs to everybody; those are common and weak.
    """

    block: ClassVar[Block] = "script"
    agreement: ClassVar[float] = 0.6
    most: ClassVar[float] = 6.0

    def carriers(self, tables: Tables) -> ir.Table:
        """The tool sets in a tenth or more of an account's requests; detail: number of tools."""
        seen = tables.observations
        counted = seen.group_by("account", value=seen.tools).agg(n=seen.count(), detail=seen.tool_count.max())
        counted = counted.mutate(share=counted.n / counted.n.sum().over(group_by="account"))
        kept = counted.filter(counted.value.notnull() & (counted.share >= 0.1))
        return kept.select("account", value=kept.value.cast("string"), detail=kept.detail.cast("float64"))

    def sentence(self, sharing: Sharing) -> str:
        """Say how many accounts define one tool set."""
        return f"{sharing.inside} of {sharing.size} accounts define the same tools, {sharing.elsewhere}"
