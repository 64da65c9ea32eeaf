"""A store as it is within a window: what began before it is not there."""

from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from excise.store.tables import Asked, Tables


class Window(NamedTuple):
    """A store without the observations that began before ``floor_us`` (epoch microseconds)."""

    store: Asked
    floor_us: int

    @property
    def tables(self) -> Tables:
        """The tables, with the observations since then."""
        whole = self.store.tables
        moment = ibis.timestamp(np.datetime64(self.floor_us, "us").astype(object), timezone="UTC")
        return whole._replace(observations=whole.observations.filter(whole.observations.started_at >= moment))

    def run(self, expression: ir.Table) -> pa.Table:
        """Execute an expression."""
        return self.store.run(expression)

    def keep(self, name: str, rows: pa.Table | ir.Table) -> ir.Table:
        """Give rows a name."""
        return self.store.keep(name, rows)
