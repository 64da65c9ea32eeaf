"""Requests of several accounts come from one small block of addresses."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.linking.ties import Block, SharedValue, Sharing
from excise.store.tables import Tables


class AddressBlock(SharedValue):
    """A /24 (IPv4) or /48 (IPv6): the usual smallest block that one operator rents.

    Weak where households share it.
    """

    block: ClassVar[Block] = "network"
    agreement: ClassVar[float] = 0.4
    most: ClassVar[float] = 6.0

    def carriers(self, tables: Tables) -> ir.Table:
        """Each account's blocks."""
        seen = tables.observations.select("account", "address").distinct()
        placed = seen.join(tables.addresses, "address")
        placed = placed.filter(placed.block.notnull())
        return placed.select("account", value=placed.block, detail=ibis.null("float64")).distinct()

    def sentence(self, sharing: Sharing) -> str:
        """Say how many accounts one block serves."""
        alike = f"{sharing.inside} of {sharing.size} accounts call from one block of addresses"
        return f"{alike}, {sharing.elsewhere}"
