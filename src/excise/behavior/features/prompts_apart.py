"""Whether the accounts of an actor write prompts of different length."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.apart import apart
from excise.behavior.features import Feature, View


class PromptsApart(Feature):
    """Share of the variance of the logarithm of words of prompts that lies between the actor's accounts.

    Terse people stay terse; accounts that draw from one corpus have its spread each.
    """

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Take the logarithm of one more."""
        seen = view.several
        return apart(seen.select("actor", "account", x=(seen.prompt_words + 1).log2()))
