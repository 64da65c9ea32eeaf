"""How many of an actor's accounts call from one address."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class AccountsPerAddress(Feature):
    """Accounts of the actor seen at one of its addresses, the mean over addresses."""

    unit: ClassVar[str] = "accounts"

    def of(self, view: View) -> ir.Table:
        """Average over addresses."""
        seen = view.exchanges.filter(view.exchanges.address.notnull())
        counted = seen.group_by("actor", "address").agg(accounts=seen.account.nunique())
        return counted.group_by("actor").agg(value=counted.accounts.mean())
