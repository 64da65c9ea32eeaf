"""Which account carries which value of which tie: the tables that linking counts in."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from numpy.typing import NDArray

from excise.linking.ties import Resemblance, SharedValue, Tie
from excise.store.tables import Asked

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

_OTHERS = 300


class Carried(Struct, frozen=True):
    """The carriers of one tie's values: shape (rows,) each.

    ``account`` and ``value`` are positions, not names; ``names`` are the values themselves.
    """

    account: I64
    value: I64
    detail: F64
    values: int
    names: pa.Array = pa.array([], pa.string())


class Evidence(Struct, frozen=True):
    """All that linking looks at: accounts, shared values, and the traits that resemblances compare.

    ``spans`` says where in the traits of a kind the rows of each account are, shape (2, accounts): the first
    row, and how many there are.
    """

    accounts: pa.Array
    carried: Mapping[str, Carried]
    traits: Mapping[str, pa.Table]
    spans: Mapping[str, I64] = {}

    def about(self, kind: str, members: I64) -> pa.Table:
        """Return the traits of some accounts, and of a few hundred others to compare them with.

        Args:
            kind: of traits, by the name of the tie.
            members: the accounts, as positions.
        """
        first, size = self.spans[kind]
        some = np.flatnonzero(size)
        chosen = np.union1d(some[:: max(1, len(some) // _OTHERS)], members)
        begins = np.cumsum(size[chosen]) - size[chosen]
        rows = np.repeat(first[chosen] - begins, size[chosen])
        return self.traits[kind].take(pa.array(rows + np.arange(len(rows))))


def gather(ties: Mapping[str, Tie], store: Asked) -> Evidence:
    """Ask the store for what each tie needs.

    Args:
        ties: the ties by name.
        store: what is asked.
    """
    tables, run = store.tables, store.run
    seen = tables.observations.filter(tables.observations.account.notnull())
    accounts = run(seen.select("account").distinct().order_by("account"))["account"].combine_chunks()
    carried: dict[str, Carried] = {}
    traits: dict[str, pa.Table] = {}
    for name, tie in ties.items():
        if isinstance(tie, SharedValue):
            carried[name] = _carried(run(tie.carriers(tables)), accounts)
        elif isinstance(tie, Resemblance):
            table = run(tie.traits(tables))
            # A total order of the rows, so that nothing depends on how the engine's threads raced.
            # The account goes first, so that an account's rows lie together.
            order = sorted(table.column_names, key=lambda column: column != "account")
            traits[name] = table.sort_by([(column, "ascending") for column in order])
    spans = {name: _spans(table["account"], accounts) for name, table in traits.items()}
    return Evidence(accounts, carried, traits, spans)


def _spans(whose: pa.ChunkedArray, accounts: pa.Array) -> I64:
    """Return where the rows of each account are, shape (2, accounts); an account's rows lie together."""
    at = pc.index_in(whose, value_set=accounts).combine_chunks()
    rows = np.flatnonzero(at.is_valid().to_numpy(zero_copy_only=False))
    whose_row = at.drop_null().to_numpy()
    size = np.bincount(whose_row, minlength=len(accounts)).astype(np.int64)
    first = np.zeros(len(accounts), np.int64)
    first[whose_row[::-1]] = rows[::-1]
    return np.stack([first, size])


def _carried(table: pa.Table, accounts: pa.Array) -> Carried:
    table = table.sort_by([("account", "ascending"), ("value", "ascending")])
    at = pc.index_in(table["account"], value_set=accounts).combine_chunks()
    known = pc.is_valid(at)
    value = table["value"].combine_chunks().filter(known).dictionary_encode()
    detail = table["detail"].combine_chunks().filter(known).cast(pa.float64())
    return Carried(
        at.filter(known).to_numpy().astype(np.int64),
        value.indices.to_numpy().astype(np.int64),
        detail.to_numpy(zero_copy_only=False),
        len(value.dictionary),
        value.dictionary,
    )
