"""What accounts ever used, and how often: the tables in which populations are looked for."""

from collections.abc import Mapping

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from numpy.typing import NDArray
from scipy import sparse

from excise.linking.carried import Evidence
from excise.linking.combination import combination
from excise.linking.instants import seconds
from excise.store.tables import Asked, Tables

I64 = NDArray[np.int64]

FEWEST = 8
"""How many accounts make a population."""

_LARGEST_SHARE = 1 / 3
_MOST_CANDIDATES = 3_000
_COMMON_WORD = 0.05
_SLOT_S = 4 * 3600.0


class Habits(Struct, frozen=True):
    """Candidate populations, and what each account did.

    ``candidates`` has shape (candidates, accounts): 1 where an account ever used one value of a script.
    ``kind`` says of what kind the value is, shape (candidates,); ``column`` which column of ``counts[kind]``,
    -1 where there is no such table. ``counts`` are tables of shape (accounts, attributes): in how many
    exchanges an account had an attribute.
    """

    candidates: sparse.csr_array
    kind: NDArray[np.str_]
    column: I64
    counts: Mapping[str, sparse.csr_array]


def habits(store: Asked, evidence: Evidence) -> Habits:
    """Ask a store for the habits of accounts.

    Args:
        store: what is asked.
        evidence: whose habits; the traits of the ties ``corpus`` and ``replication`` are used again.
    """
    accounts, tables = evidence.accounts, store.tables
    seen = tables.observations
    words = evidence.traits["corpus"].select(["account", "word", "n"])
    prompts = evidence.traits["replication"].select(["account", "prompt"])
    counts = {
        "words": _rarer(_counted(words.rename_columns(["account", "value", "n"]), accounts)),
        "prompts": _counted(_once(prompts.rename_columns(["account", "value"])), accounts),
        "sampler": _counted(store.run(_tally(seen, combination(seen))), accounts),
        "instruction": _counted(store.run(_tally(seen, seen.system)), accounts),
        "hours": _counted(_slots(store.run(_tally(seen, seen.started_at.truncate("h")))), accounts),
    }
    pieces = {name: _counted(_once(store.run(rows)), accounts) for name, rows in _pieces(tables).items()}
    candidates, kinds, columns = [], [], []
    for kind, table in {"sampler": counts["sampler"], "instruction": counts["instruction"], **pieces}.items():
        carried, column = _carriers(table)
        candidates.append(carried)
        kinds.append(np.full(len(column), kind))
        columns.append(np.full(len(column), -1) if kind in pieces else column)
    together = sparse.csr_array(sparse.vstack(candidates))
    kept = _distinct(together)
    return Habits(together[kept], np.concatenate(kinds)[kept], np.concatenate(columns)[kept], counts)


def _tally(seen: ir.Table, value: ir.Value) -> ir.Table:
    counted = seen.group_by("account", value=value).agg(n=seen.count())
    return counted.filter(counted.account.notnull() & counted.value.notnull())


def _pieces(tables: Tables) -> dict[str, ir.Table]:
    """Return the pieces of wording that enough accounts used, rows (account, value)."""
    seen = tables.observations
    systems = seen.filter(seen.system.notnull()).select("account", "system_fragments").distinct()
    rows = {
        "prompt piece": seen.select("account", value=seen.fragments.unnest()),
        "instruction piece": systems.select("account", value=systems.system_fragments.unnest()),
    }
    found = {}
    for name, table in rows.items():
        once = table.distinct()
        counted = once.mutate(carriers=once.count().over(group_by="value"))
        enough = counted.filter((counted.carriers >= FEWEST) & counted.account.notnull())
        found[name] = enough.select("account", "value")
    return found


def _once(table: pa.Table) -> pa.Table:
    return table.append_column("n", pa.array(np.ones(len(table))))


def _counted(table: pa.Table, accounts: pa.Array) -> sparse.csr_array:
    """Return rows (account, value, n) as a table of shape (accounts, values), values ascending."""
    at = pc.index_in(table["account"], value_set=accounts).combine_chunks()
    known = pc.is_valid(at)
    row = at.filter(known).to_numpy().astype(np.int64)
    values = table["value"].combine_chunks().filter(known).dictionary_encode()
    # Ascending, so that nothing depends on how the engine's threads raced.
    place = np.empty(len(values.dictionary), np.int64)
    place[pc.sort_indices(values.dictionary).to_numpy()] = np.arange(len(place))
    column = place[values.indices.to_numpy()] if len(place) else np.zeros(0, np.int64)
    n = table["n"].combine_chunks().filter(known).to_numpy().astype(np.float64)
    return sparse.csr_array(sparse.coo_array((n, (row, column)), shape=(len(accounts), max(1, len(place)))))


def _slots(table: pa.Table) -> pa.Table:
    slot = pa.array((seconds(table["value"]) // _SLOT_S).astype(np.int64))
    return pa.table({"account": table["account"], "value": slot, "n": table["n"]})


def _rarer(words: sparse.csr_array) -> sparse.csr_array:
    """Leave out words that one account has alone, or over a twentieth of all: they say nothing of topics."""
    carriers = np.bincount(words.indices, minlength=words.shape[1])
    kept = (carriers > 1) & (carriers <= max(FEWEST, _COMMON_WORD * words.shape[0]))
    return sparse.csr_array(sparse.csc_array(words)[:, np.flatnonzero(kept)])


def _carriers(counts: sparse.csr_array) -> tuple[sparse.csr_array, I64]:
    """Return the accounts that ever used a value, for each value that makes a candidate, and which it is."""
    carried = sparse.csr_array(counts.T)
    size = np.diff(carried.indptr)
    kept = np.flatnonzero((size >= FEWEST) & (size <= _LARGEST_SHARE * counts.shape[0]))
    carried = sparse.csr_array(carried[kept])
    carried.data = np.ones(len(carried.data))
    return carried, kept.astype(np.int64)


def _distinct(candidates: sparse.csr_array) -> I64:
    """Return which candidates to keep: each set of accounts once and, of too many, the largest."""
    marks = np.random.default_rng(0).random(candidates.shape[1])
    _, first = np.unique(np.round(candidates @ marks, 9), return_index=True)
    first = np.sort(first)
    size = np.diff(candidates.indptr)[first]
    kept: I64 = np.sort(first[np.argsort(-size, kind="stable")[:_MOST_CANDIDATES]]).astype(np.int64)
    return kept
