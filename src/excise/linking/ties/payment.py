"""One payment instrument pays for several accounts."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.linking.ties import Block, SharedValue, Sharing
from excise.store.tables import Tables


class Payment(SharedValue):
    """The card or bank account that pays, as the fingerprint the payment processor gives.

    Reported of harvesting campaigns (Anthropic, February 2026: shared payment methods). Owners who use a card
    for each account defeat it, so two accounts of one owner agree in one case of two.
    """

    block: ClassVar[Block] = "payment"
    agreement: ClassVar[float] = 0.5
    most: ClassVar[float] = 12.0

    def carriers(self, tables: Tables) -> ir.Table:
        """Each account's fingerprint."""
        known = tables.accounts.filter(tables.accounts.payment_fingerprint.notnull())
        return known.select("account", value=known.payment_fingerprint, detail=ibis.null("float64"))

    def sentence(self, sharing: Sharing) -> str:
        """Say how many accounts one instrument pays for."""
        return (
            f"{sharing.inside} of {sharing.size} accounts are paid with one instrument, {sharing.elsewhere}"
        )
