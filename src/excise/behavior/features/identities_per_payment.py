"""How many identities stand behind one payment instrument."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class IdentitiesPerPayment(Feature):
    """The most mail domains and organizations that the actor's accounts show on one instrument."""

    unit: ClassVar[str] = "identities"

    def of(self, view: View) -> ir.Table:
        """Take the largest count over instruments."""
        known = view.accounts.filter(view.accounts.payment_fingerprint.notnull())
        identity = ibis.coalesce(known.organization, "") + "|" + ibis.coalesce(known.email_domain, "")
        behind = (
            known.mutate(identity=identity)
            .group_by("actor", "payment_fingerprint")
            .agg(n=ibis._.identity.nunique())
        )
        return behind.group_by("actor").agg(value=behind.n.max().cast("float64"))
