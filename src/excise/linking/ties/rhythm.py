"""Accounts are awake at the same hours of the same days."""

from typing import ClassVar

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import gammaln

from excise.linking.instants import seconds
from excise.linking.ties import F64, Block, Pairs, Resemblance
from excise.store.tables import Tables

_SLOTS = 84
_CONCENTRATION = 12.0
_LEAST, _MOST = -1.0, 4.0
_HOUR_S = 3600.0


class Rhythm(Resemblance):
    """Whether two accounts' active hours look drawn from one timetable: a Dirichlet-multinomial Bayes factor.

    The window is cut into at most 84 slots (of four hours in a two-week log); an account counts once for each
    hour in which it was active, so that a burst is one hour. Unrelated accounts draw their timetables from a
    Dirichlet around the population's (Minka 2000, eq. 9, gives the marginal likelihood). Clipped, as
    timetables are of few kinds.
    """

    block: ClassVar[Block] = "time"

    def traits(self, tables: Tables) -> ir.Table:
        """The hours in which each account was active."""
        seen = tables.observations
        return seen.select("account", hour=seen.started_at.truncate("h")).distinct()

    def weights(self, traits: pa.Table, pairs: Pairs) -> F64:
        """Weigh one timetable against two."""
        if not len(pairs.one):
            return np.zeros(0)
        at = pc.index_in(traits["account"], value_set=pairs.accounts).combine_chunks()
        known = pc.is_valid(at)
        account = at.filter(known).to_numpy().astype(np.int64)
        hour = seconds(traits["hour"].combine_chunks().filter(known)) / _HOUR_S
        first, last = hour.min(), hour.max() + 1
        width = max(4.0, np.ceil((last - first) / _SLOTS))
        slot = ((hour - first) // width).astype(np.int64)
        slots = int(slot.max()) + 1
        counts = np.zeros((len(pairs.accounts), slots))
        np.add.at(counts, (account, slot), 1.0)
        usual = (counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)).mean(axis=0) + 1e-3
        prior = _CONCENTRATION * usual / usual.sum()
        alone = _marginal(counts, prior)
        weights = np.zeros(len(pairs.one))
        for start in range(0, len(weights), 50_000):
            one, other = pairs.one[start : start + 50_000], pairs.other[start : start + 50_000]
            together = _marginal(counts[one] + counts[other], prior)
            weights[start : start + 50_000] = together - alone[one] - alone[other]
        bits: F64 = np.clip(weights / np.log(2), _LEAST, _MOST)
        return bits

    def sentence(self, traits: pa.Table, accounts: list[str]) -> str:
        """Say how many hours of the day the actor's accounts cover together."""
        mine = traits.filter(pc.is_in(traits["account"], value_set=pa.array(accounts)))
        hours = np.unique(seconds(mine["hour"]) // _HOUR_S % 24)
        return (
            f"the accounts keep one timetable; together they are active in {len(hours)} of the day's 24 hours"
        )


def _marginal(counts: F64, prior: F64) -> F64:
    """Return the log marginal likelihood of each row of counts, without the multinomial coefficient."""
    total = prior.sum()
    apart: F64 = (gammaln(prior + counts) - gammaln(prior)).sum(axis=1)
    together: F64 = gammaln(total) - gammaln(total + counts.sum(axis=1))
    return together + apart
