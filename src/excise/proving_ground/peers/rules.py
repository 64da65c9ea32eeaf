"""Thresholds set by hand, as published tools have them."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from excise.observation.cues import bit_of
from excise.proving_ground.by_account import by_account
from excise.proving_ground.peers import Peer, Ranking, Seen

I64 = NDArray[np.int64]

_FEWEST = 5


class Rules(Peer):
    """Points for requests an hour, chain-of-thought phrases, first words shared with others, and sharing.

    The rules, their limits and about their points are those of two open tools: over 60, 100 and 200 requests
    in an hour; a reasoning phrase at all, and in a fifth of prompts; the beginning of a prompt in three
    accounts or more; and the size of the cluster of accounts that share a payment instrument or an address
    block, which is the actor it names. Equal points are ordered by the busiest hour. The tools search the
    words for phrases and hash the first 50 characters: here the cues of the observation stand for the one,
    the keyed first six words for the other. Their points for countries are left out: nationality is no
    evidence.
    """

    source: ClassVar[str] = "Glasswally (2026); AegisGate 4.5 (2026)"

    def rank(self, seen: Seen, *, seed: int) -> Ranking:  # noqa: ARG002 - nothing is drawn
        """Add the points up."""
        rows = seen.store.tables.observations
        hours = rows.group_by("account", hour=rows.started_at.truncate("h")).agg(n=rows.count())
        busiest = by_account(seen, hours.group_by("account").agg(value=hours.n.max()))
        worded = rows.filter(rows.prompt.notnull())
        asks = (worded.cues & bit_of("reasoning")) != 0
        counted = worded.group_by("account").agg(value=asks.cast("float64").mean(), n=worded.count())
        asked = by_account(seen, counted)
        enough = by_account(seen, counted.select("account", value=counted.n)) >= _FEWEST
        begun = by_account(seen, _most_accounts(worded))
        actor = _clusters(seen)
        size = np.bincount(actor)[actor]
        points = (
            0.25 * (busiest > 60)
            + 0.10 * (busiest > 100)
            + 0.10 * (busiest > 200)
            + 0.40 * (asked > 0)
            + 0.35 * ((asked >= 0.2) & enough)
            + 0.25 * (begun >= 3)
            + 0.40 * np.minimum(size / 25, 1) * (size >= 3)
        )
        rank = points + 1e-3 * busiest / (busiest + 100)
        return Ranking(rank, tuple(f"cluster-{number}" for number in actor))


def _most_accounts(worded: ir.Table) -> ir.Table:
    """Return an expression: the most accounts that any of an account's openings is seen in."""
    openings = worded.filter(worded.opening.notnull()).select("account", "opening").distinct()
    carried = openings.group_by("opening").agg(accounts=openings.count())
    joined = openings.inner_join(carried, "opening")
    return joined.group_by("account").agg(value=joined.accounts.max())


def _clusters(seen: Seen) -> I64:
    """Return the connected component of each account over shared instruments and address blocks."""
    tables = seen.store.tables
    cards = tables.accounts.select(
        "account", value=ibis.literal("card ") + tables.accounts.payment_fingerprint
    )
    used = tables.observations.select("account", "address").distinct().inner_join(tables.addresses, "address")
    blocks = used.select("account", value=ibis.literal("block ") + used.block).distinct()
    shared = seen.store.run(ibis.union(cards, blocks).filter(ibis._.value.notnull()))
    at = pc.index_in(shared["account"].combine_chunks(), value_set=pa.array(seen.accounts, pa.string()))
    known = pc.is_valid(at)
    account = at.filter(known).to_numpy().astype(np.int64)
    value = shared["value"].combine_chunks().filter(known).dictionary_encode()
    count, values = len(seen.accounts), len(value.dictionary)
    graph = sparse.coo_array(
        (np.ones(len(account), np.int8), (account, count + value.indices.to_numpy())),
        shape=(count + values, count + values),
    )
    components: I64 = connected_components(graph, directed=False)[1][:count].astype(np.int64)
    _, numbered = np.unique(components, return_inverse=True)
    return numbered.astype(np.int64)
