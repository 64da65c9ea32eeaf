"""One API key is used under several accounts."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.linking.ties import Block, SharedValue, Sharing
from excise.store.tables import Tables


class Credential(SharedValue):
    """An API key. It says something only where the account is another field than the key."""

    block: ClassVar[Block] = "payment"
    agreement: ClassVar[float] = 0.2
    most: ClassVar[float] = 12.0

    def carriers(self, tables: Tables) -> ir.Table:
        """Each account's keys."""
        seen = tables.observations.filter(tables.observations.credential.notnull())
        return seen.select(
            "account", value=seen.credential.cast("string"), detail=ibis.null("float64")
        ).distinct()

    def sentence(self, sharing: Sharing) -> str:
        """Say how many accounts use one key."""
        return f"{sharing.inside} of {sharing.size} accounts use one API key, {sharing.elsewhere}"
