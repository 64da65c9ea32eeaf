"""How much each account of an actor sends."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class ExchangesPerAccount(Feature):
    """Exchanges of an account, the mean over the actor's accounts."""

    unit: ClassVar[str] = "exchanges"

    def of(self, view: View) -> ir.Table:
        """Divide."""
        seen = view.exchanges
        return seen.group_by("actor").agg(value=seen.count() / seen.account.nunique())
