"""How many accounts an actor runs."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class Accounts(Feature):
    """Accounts seen in the window."""

    unit: ClassVar[str] = "accounts"

    def of(self, view: View) -> ir.Table:
        """Count them."""
        return view.accounts.group_by("actor").agg(value=view.accounts.account.nunique().cast("float64"))
