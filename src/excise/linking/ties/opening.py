"""The prompts of several accounts begin, or end, with the same words."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.linking.ties import Block, SharedValue, Sharing
from excise.store.tables import Tables


class Opening(SharedValue):
    """The first or the last six words of prompts, in a tenth and at least two of an account's.

    Catches templates too short or too varied inside for ``template``; several wordings in rotation each
    count.
    """

    block: ClassVar[Block] = "script"
    agreement: ClassVar[float] = 0.7
    most: ClassVar[float] = 5.0

    def carriers(self, tables: Tables) -> ir.Table:
        """Each account's recurring first and last words."""
        seen = tables.observations.filter(tables.observations.prompt.notnull())
        totals = seen.group_by("account").agg(prompts=seen.count())
        ends = ibis.union(
            seen.select("account", value="first " + seen.opening.cast("string")),
            seen.select("account", value="last " + seen.closing.cast("string")),
        )
        ends = ends.filter(ends.value.notnull())
        counted = (
            ends.group_by("account", "value")
            .agg(n=ends.count())
            .filter(ibis._.n >= 2)
            .join(totals, "account")
        )
        kept = counted.mutate(detail=counted.n / counted.prompts).filter(ibis._.detail >= 0.1)
        return kept.select("account", "value", "detail")

    def sentence(self, sharing: Sharing) -> str:
        """Say how many accounts begin or end prompts alike."""
        alike = f"{sharing.inside} of {sharing.size} accounts begin or end their prompts with the same words"
        return f"{alike}, {sharing.elsewhere}"
