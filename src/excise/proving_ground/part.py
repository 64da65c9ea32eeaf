"""A store as if only some of its accounts were there: several measurements on one composed log."""

from collections.abc import Collection
from typing import NamedTuple

import ibis.expr.types as ir
import pyarrow as pa

from excise.store.tables import Asked, Tables


class Part(NamedTuple):
    """A store with the exchanges and directory rows of some accounts.

    ``kept`` has one column, ``account``.
    """

    store: Asked
    kept: ir.Table

    @classmethod
    def of(cls, store: Asked, accounts: Collection[str]) -> "Part":
        """Keep these accounts; the store is asked through one part at a time."""
        names = pa.table({"account": pa.array(sorted(accounts), pa.string())})
        return cls(store, store.keep("kept_accounts", names))

    @property
    def tables(self) -> Tables:
        """The tables, with the rows of the kept accounts."""
        whole = self.store.tables
        return whole._replace(
            observations=whole.observations.semi_join(self.kept, "account"),
            accounts=whole.accounts.semi_join(self.kept, "account"),
        )

    def run(self, expression: ir.Table) -> pa.Table:
        """Execute an expression."""
        return self.store.run(expression)

    def keep(self, name: str, rows: pa.Table | ir.Table) -> ir.Table:
        """Give rows a name."""
        return self.store.keep(name, rows)
