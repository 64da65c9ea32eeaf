"""How many instructions each account works under."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class SystemsPerAccount(Feature):
    """Distinct system prompts of an account, the mean over the actor's accounts that sent any."""

    unit: ClassVar[str] = "instructions"

    def of(self, view: View) -> ir.Table:
        """Average the count."""
        seen = view.exchanges.filter(view.exchanges.system.notnull())
        counted = seen.group_by("actor", "account").agg(systems=seen.system.nunique())
        return counted.group_by("actor").agg(value=counted.systems.mean())
