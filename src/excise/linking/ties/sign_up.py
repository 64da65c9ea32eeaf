"""Accounts were opened one soon after the other."""

from typing import ClassVar

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from excise.linking.instants import seconds
from excise.linking.ties import F64, Block, Pairs, Resemblance
from excise.store.tables import Tables

_IN_A_RUN = 0.5


class SignUp(Resemblance):
    """How many other sign-ups lie between two accounts' own.

    Counted in sign-ups, not hours, so that a busy week proves nothing. Under one owner the gap is, half of
    the time, log-uniform over the ranks (a run of sign-ups); else, and for unrelated accounts, it is as in
    the population.
    """

    block: ClassVar[Block] = "sign_up"

    def traits(self, tables: Tables) -> ir.Table:
        """Each account's sign-up time."""
        known = tables.accounts.filter(tables.accounts.created_at.notnull())
        return known.select("account", at=known.created_at)

    def weights(self, traits: pa.Table, pairs: Pairs) -> F64:
        """Weigh the gap in rank: log2 of the ratio of its densities under one owner and under none."""
        weights = np.zeros(len(pairs.one))
        count = len(traits)
        if count < 3:
            return weights
        place = np.full(len(pairs.accounts), -1, np.int64)
        rows = pc.index_in(traits["account"], value_set=pairs.accounts).to_numpy(zero_copy_only=False)
        order = np.argsort(seconds(traits["at"]), kind="stable")
        ranks = np.empty(count, np.int64)
        ranks[order] = np.arange(count)
        known = ~np.isnan(rows.astype(float))
        place[rows[known].astype(np.int64)] = ranks[known]
        both = (place[pairs.one] >= 0) & (place[pairs.other] >= 0)
        gap = np.maximum(np.abs(place[pairs.one] - place[pairs.other]), 1)[both]
        ratio = _IN_A_RUN * count / (2 * gap * np.log(count)) + (1 - _IN_A_RUN)
        weights[both] = np.log2(ratio)
        return weights

    def sentence(self, traits: pa.Table, accounts: list[str]) -> str:
        """Say within how many days the actor's accounts were opened."""
        mine = traits.filter(pc.is_in(traits["account"], value_set=pa.array(accounts)))
        if len(mine) < 2:
            return "nothing is known of when the accounts were opened"
        at_s = np.sort(seconds(mine["at"]))
        middle = at_s[int(0.1 * (len(at_s) - 1)) : int(np.ceil(0.9 * (len(at_s) - 1))) + 1]
        days = float(middle[-1] - middle[0]) / 86_400
        share = f"{len(middle)} of {len(mine)}" if len(middle) < len(mine) else f"{len(mine)}"
        return f"{share} accounts were opened within {_span(days)}"


def _span(days: float) -> str:
    if days < 2:
        return f"{max(1, round(days * 24))} hours"
    return f"{round(days):,} days"
