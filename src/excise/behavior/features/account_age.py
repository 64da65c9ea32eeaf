"""How old an actor's accounts are."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class AccountAge(Feature):
    """Days from an account's sign-up to its first exchange in the window, the median over the accounts."""

    unit: ClassVar[str] = "days"

    def of(self, view: View) -> ir.Table:
        """Take the median age."""
        known = view.accounts.filter(view.accounts.created_at.notnull())
        first = view.exchanges.group_by("account").agg(first=view.exchanges.started_at.min())
        aged = known.join(first, "account")
        days = aged.first.delta(aged.created_at, unit="hour") / 24.0
        return aged.mutate(days=ibis.greatest(days, 0.0)).group_by("actor").agg(value=ibis._.days.median())
