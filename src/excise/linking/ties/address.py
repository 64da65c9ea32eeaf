"""Requests of several accounts come from one network address."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.linking.ties import Block, SharedValue, Sharing
from excise.store.tables import Tables


class Address(SharedValue):
    """A network address.

    Offices, schools and carriers put many customers behind one; then it is common and weak.
    """

    block: ClassVar[Block] = "network"
    agreement: ClassVar[float] = 0.3
    most: ClassVar[float] = 8.0

    def carriers(self, tables: Tables) -> ir.Table:
        """Each account's addresses."""
        seen = tables.observations.filter(tables.observations.address.notnull())
        return seen.select("account", value=seen.address, detail=ibis.null("float64")).distinct()

    def sentence(self, sharing: Sharing) -> str:
        """Say how many accounts one address serves."""
        return f"{sharing.inside} of {sharing.size} accounts call from one address, {sharing.elsewhere}"
