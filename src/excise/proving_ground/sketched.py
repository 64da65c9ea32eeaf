"""The queries of each account as sketches, and how alike they are: what stands in for embeddings."""

from typing import NamedTuple

import ibis
import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from excise.proving_ground.by_account import Accounts

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

MOST_QUERIES = 400
"""Of an account its first so many queries are looked at: what is quadratic in them stays payable."""


class Sketched(NamedTuple):
    """Queries whose words were logged, by account and then by time.

    ``account`` has shape (queries,), positions in the accounts; ``words`` has shape (queries, words), 1 where
    the sketch of a query holds a word.
    """

    account: I64
    words: sparse.csr_array

    def of(self, account: int) -> slice:
        """Return where an account's queries are."""
        first, end = np.searchsorted(self.account, [account, account + 1])
        return slice(int(first), int(end))


def sketched(seen: Accounts) -> Sketched:
    """Return the sketches of all accounts."""
    rows = seen.store.tables.observations
    rows = rows.filter(rows.prompt.notnull() & (rows.minhash.length() > 0))
    order = ibis.window(group_by="account", order_by=["started_at", "record"])
    rows = rows.mutate(place=ibis.row_number().over(order)).filter(ibis._.place < MOST_QUERIES)
    table = seen.store.run(rows.select("account", "place", "minhash").order_by("account", "place"))
    position = {account: at for at, account in enumerate(seen.accounts)}
    account = np.array([position[name] for name in table["account"].to_pylist()], dtype=np.int64)
    lists = table["minhash"].combine_chunks()
    length = pc.list_value_length(lists).to_numpy().astype(np.int64)
    names, column = np.unique(lists.flatten().to_numpy(), return_inverse=True)
    words = sparse.csr_array(
        (np.ones(len(column), np.float32), column, np.r_[0, np.cumsum(length)]),
        shape=(len(account), max(1, len(names))),
    )
    by_account = np.argsort(account, kind="stable")
    return Sketched(account[by_account], words[by_account])


def likeness(one: sparse.csr_array, other: sparse.csr_array) -> F64:
    """Return the Jaccard similarity of each sketch of one set with each of the other, shape (one, other).

    It is a positive definite kernel (Gower 1971), and one less it is a metric.

    >>> sets = sparse.csr_array([[1, 1, 0], [0, 1, 1]])
    >>> likeness(sets, sets).round(2).tolist()
    [[1.0, 0.33], [0.33, 1.0]]
    """
    both = (one @ other.T).toarray().astype(np.float64)
    sizes = one.sum(axis=1)[:, None] + other.sum(axis=1)[None, :]
    result: F64 = both / np.maximum(sizes - both, 1.0)
    return result
