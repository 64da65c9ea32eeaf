"""How seldom an account repeats itself."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class DistinctPrompts(Feature):
    """Distinct prompts of an account per exchange with words, the mean over the actor's accounts."""

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Average the share."""
        seen = view.exchanges.filter(view.exchanges.prompt.notnull())
        counted = seen.group_by("actor", "account").agg(share=seen.prompt.nunique() / seen.count())
        return counted.group_by("actor").agg(value=counted.share.mean())
