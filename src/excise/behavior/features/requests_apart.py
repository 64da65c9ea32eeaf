"""Whether the accounts of an actor send requests of different size."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.apart import apart
from excise.behavior.features import Feature, View


class RequestsApart(Feature):
    """Share of the variance of the logarithm of tokens of requests that lies between the actor's accounts.

    Services differ in their instructions and in what they send along; accounts of one harvest do not.
    """

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Take the logarithm of one more."""
        seen = view.several
        return apart(seen.select("actor", "account", x=(seen.tokens_in + 1).log2()))
