"""One account continues a conversation that another account began."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.linking.ties import Block, SharedValue, Sharing
from excise.store.tables import Tables


class Replay(SharedValue):
    """A conversation's history, or a signed reasoning block, sent under several accounts.

    Anthropic (September 2026) reports thinking signatures replayed across sessions. A history counts where it
    is at least four turns long: short openings are shared by chance.
    """

    block: ClassVar[Block] = "script"
    agreement: ClassVar[float] = 0.3
    most: ClassVar[float] = 10.0

    def carriers(self, tables: Tables) -> ir.Table:
        """Each account's histories and signatures."""
        seen = tables.observations
        histories = seen.filter(seen.context.notnull() & (seen.turns >= 5))
        signed = seen.filter(seen.signature.notnull())
        return ibis.union(
            histories.select(
                "account", value="history " + histories.context.cast("string"), detail=ibis.null("float64")
            ),
            signed.select(
                "account", value="signature " + signed.signature.cast("string"), detail=ibis.null("float64")
            ),
        ).distinct()

    def sentence(self, sharing: Sharing) -> str:
        """Say how many accounts replay one history."""
        alike = f"{sharing.inside} of {sharing.size} accounts continue one and the same conversation"
        return f"{alike}, {sharing.elsewhere}"
