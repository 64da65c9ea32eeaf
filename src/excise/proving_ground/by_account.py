"""One number, or one value, an account: what the store answers, in the order of the accounts."""

from typing import Protocol

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from excise.behavior.profile import profile
from excise.store.tables import Asked

F64 = NDArray[np.float64]

_SKEWED = 3.0


class Accounts(Protocol):
    """A store, and the accounts in whose order it is answered."""

    @property
    def store(self) -> Asked:
        """What is asked."""

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts."""


def by_account(seen: Accounts, expression: ir.Table, *, absent: float = 0.0) -> F64:
    """Return an expression's ``value`` of each account, shape (accounts,).

    Args:
        seen: what is asked, and the order.
        expression: at most one row an account, with ``account`` and ``value``.
        absent: the value of an account without a row.
    """
    table = seen.store.run(expression.select("account", "value"))
    at = pc.index_in(pa.array(seen.accounts, pa.string()), value_set=table["account"].combine_chunks())
    found = table["value"].cast(pa.float64()).take(at).to_numpy(zero_copy_only=False)
    result: F64 = np.where(np.isnan(found), absent, found)
    return result


def most_used(rows: ir.Table, value: ir.Value) -> ir.Table:
    """Return an expression for the value that each account shows most often, the least of equals.

    Args:
        rows: observations.
        value: an expression over them; null counts as not shown.
    """
    shown = rows.select("account", value=value.cast("string")).filter(ibis._.value.notnull())
    counted = shown.group_by("account", "value").agg(n=shown.count())
    order = ibis.window(group_by="account", order_by=[ibis.desc("n"), "value"])
    placed = counted.mutate(place=ibis.row_number().over(order))
    return placed.filter(placed.place == 0).select("account", "value")


def feature_table(seen: Accounts) -> F64:
    """Return what the features say of each account as an actor of its own, shape (accounts, features).

    Made for outlier detectors: what is unknown of an account is the median, a skewed feature is taken in
    logarithms, each is scaled to mean 0 and deviation 1, and those that say the same of everybody are left
    out.
    """
    profiles = profile(seen.store, {account: account for account in seen.accounts})
    position = {actor: row for row, actor in enumerate(profiles.actors)}
    rows = [position[account] for account in seen.accounts]
    columns = []
    for values in profiles.features.values():
        column = np.round(values[rows], 9)  # the last digits of a sum depend on who was added first
        known = column[~np.isnan(column)]
        if not len(known) or known.min() == known.max():
            continue
        column = np.where(np.isnan(column), np.median(known), column)
        if column.min() >= 0 and column.max() > _SKEWED * (np.median(column) + 1):
            column = np.log1p(column)
        if column.std() > 0:
            columns.append((column - column.mean()) / column.std())
    return np.stack(columns, axis=1) if columns else np.zeros((len(seen.accounts), 1))
