"""Several accounts send one system prompt."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.linking.ties import Block, SharedValue, Sharing
from excise.store.tables import Tables


class Instruction(SharedValue):
    """A system prompt, word for word.

    Reported of campaigns: one fixed instruction in every request (Anthropic 2026).
    """

    block: ClassVar[Block] = "script"
    agreement: ClassVar[float] = 0.8
    most: ClassVar[float] = 9.0

    def carriers(self, tables: Tables) -> ir.Table:
        """The system prompts in a twentieth or more of an account's requests; detail: length in words."""
        seen = tables.observations
        counted = seen.group_by("account", value=seen.system).agg(
            n=seen.count(), detail=seen.system_words.max()
        )
        counted = counted.mutate(share=counted.n / counted.n.sum().over(group_by="account"))
        kept = counted.filter(counted.value.notnull() & (counted.share >= 0.05))
        return kept.select("account", value=kept.value.cast("string"), detail=kept.detail.cast("float64"))

    def sentence(self, sharing: Sharing) -> str:
        """Say how many accounts send one instruction, and how long it is."""
        words = f"{int(sharing.detail)}-word " if sharing.detail else ""
        alike = f"{sharing.inside} of {sharing.size} accounts send the same {words}instruction"
        return f"{alike}, {sharing.elsewhere}"
