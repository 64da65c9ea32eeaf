"""How many accounts an actor runs without saying that they are one."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class ConcealedAccounts(Feature):
    """Accounts of the actor, where all that openly belong to one verified organization count as one.

    A company with forty seats under one verified name conceals nothing. An organization that nobody verified
    is a name that anyone may type, so its accounts count each.
    """

    unit: ClassVar[str] = "accounts"

    def of(self, view: View) -> ir.Table:
        """Count open identities: a verified organization, else the account itself."""
        known = view.accounts
        open_ = (known.verification == "business") & known.organization.notnull()
        identity = open_.ifelse("organization " + known.organization, "account " + known.account)
        return (
            known.mutate(identity=identity)
            .group_by("actor")
            .agg(value=ibis._.identity.nunique().cast("float64"))
        )
