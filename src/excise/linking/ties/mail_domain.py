"""Accounts were signed up under one mail domain."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.linking.ties import Block, SharedValue, Sharing
from excise.store.tables import Tables


class MailDomain(SharedValue):
    """The domain of the sign-up address. Public mail providers are common and so weigh next to nothing."""

    block: ClassVar[Block] = "sign_up"
    agreement: ClassVar[float] = 0.5
    most: ClassVar[float] = 6.0

    def carriers(self, tables: Tables) -> ir.Table:
        """Each account's domain, lower case."""
        known = tables.accounts.filter(tables.accounts.email_domain.notnull())
        return known.select("account", value=known.email_domain.lower(), detail=ibis.null("float64"))

    def sentence(self, sharing: Sharing) -> str:
        """Say how many accounts one domain signed up."""
        return (
            f"{sharing.inside} of {sharing.size} accounts signed up under a mail domain, {sharing.elsewhere}"
        )
