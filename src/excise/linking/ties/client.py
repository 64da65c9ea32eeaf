"""Several accounts use one rare client program."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.linking.ties import Block, SharedValue, Sharing
from excise.store.tables import Tables


class Client(SharedValue):
    """User agent and TLS fingerprint together. Popular SDKs are common; a home-made client is not."""

    block: ClassVar[Block] = "network"
    agreement: ClassVar[float] = 0.4
    most: ClassVar[float] = 5.0

    def carriers(self, tables: Tables) -> ir.Table:
        """The clients that send a fifth or more of an account's requests."""
        seen = tables.observations.filter(tables.observations.client.notnull())
        value = seen.client + " " + ibis.coalesce(seen.tls, "")
        counted = seen.group_by("account", value=value).agg(n=seen.count())
        counted = counted.mutate(share=counted.n / counted.n.sum().over(group_by="account"))
        return counted.filter(counted.share >= 0.2).select("account", "value", detail=ibis.null("float64"))

    def sentence(self, sharing: Sharing) -> str:
        """Say how many accounts one client serves."""
        return f"{sharing.inside} of {sharing.size} accounts use the same client program, {sharing.elsewhere}"
