"""Who sends next."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class TurnTaking(Feature):
    """How often the account that sent also sends next, against accounts that send at random: a log2 ratio.

    People sit down and send several in a row: well above 0. A dealer that goes round its accounts: well
    below. Known from two accounts on; a lone count moves it little, as one is added to both sides.
    """

    unit: ClassVar[str] = "bits"

    def of(self, view: View) -> ir.Table:
        """Divide what is seen by what chance would give, the sum of squared shares."""
        seen = view.several
        counts = seen.group_by("actor", "account").agg(n=seen.count().cast("float64"))
        totals = counts.group_by("actor").agg(
            accounts=counts.count(), total=counts.n.sum(), squares=(counts.n * counts.n).sum()
        )
        order = ibis.window(group_by="actor", order_by=["started_at", "record"])
        turns = seen.select("actor", same=seen.account.lag().over(order) == seen.account)
        turns = turns.filter(turns.same.notnull())
        taken = turns.group_by("actor").agg(turns=turns.count(), same=turns.same.sum())
        both = taken.join(totals.filter(totals.accounts > 1), "actor")
        chance = both.squares / (both.total * both.total)
        return both.select("actor", value=((both.same + 1) / (chance * both.turns + 1)).log2())
