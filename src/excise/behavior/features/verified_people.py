"""How many of an actor's accounts are checked people."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class VerifiedPeople(Feature):
    """Share of the actor's accounts whose holder's identity was checked."""

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Average over accounts."""
        known = view.accounts
        checked = (ibis.coalesce(known.verification, "none") == "identity").cast("float64")
        return known.group_by("actor").agg(value=checked.mean())
