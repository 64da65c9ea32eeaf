"""From how many places each account calls."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class BlocksPerAccount(Feature):
    """Address blocks (/24 or /48) an account is seen in, the mean over accounts with five exchanges or more.

    Rented proxies spread an account over blocks; so do travel and mobile carriers.
    """

    unit: ClassVar[str] = "blocks"

    def of(self, view: View) -> ir.Table:
        """Average the count."""
        seen = view.exchanges.join(view.addresses.select("address", "block"), "address")
        counted = seen.group_by("actor", "account").agg(blocks=seen.block.nunique(), n=seen.count())
        counted = counted.filter(counted.n >= 5)
        return counted.group_by("actor").agg(value=counted.blocks.mean())
