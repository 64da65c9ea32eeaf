"""Whether the accounts of an actor get replies of different length."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.apart import apart
from excise.behavior.features import Feature, View


class RepliesApart(Feature):
    """Share of the variance of the logarithm of tokens of replies that lies between the actor's accounts.

    The length of what is asked for is a habit: of a person, of a service, or of one harvest.
    """

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Take the logarithm of one more."""
        seen = view.several
        return apart(seen.select("actor", "account", x=(seen.tokens_out + 1).log2()))
