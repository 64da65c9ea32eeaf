"""Replay: when would each verdict have been reached, had the log been judged as it grew?"""

from collections.abc import Callable
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from excise.detection.calibration import Reference
from excise.detection.judge import Settings, judge
from excise.linking.instants import seconds
from excise.store.tables import Asked, Tables


class Until(NamedTuple):
    """A store as it was at a moment of log time: nothing that started at or after ``at_s`` is in it."""

    store: Asked
    at_s: float

    @classmethod
    def share(cls, store: Asked, share: float) -> "Until":
        """Return the store as it was when a share of the log's time had passed; all of it from 1 on."""
        first_s, last_s = _span(store)
        return cls(store, first_s + (last_s - first_s) * share + (1e-6 if share >= 1 else 0.0))

    @property
    def tables(self) -> Tables:
        """The tables, with the observations until then and the accounts that had signed up."""
        whole = self.store.tables
        moment = ibis.timestamp(np.datetime64(round(self.at_s * 1e6), "us").astype(object), timezone="UTC")
        accounts = whole.accounts
        return whole._replace(
            observations=whole.observations.filter(whole.observations.started_at < moment),
            accounts=accounts.filter(accounts.created_at.isnull() | (accounts.created_at < moment)),
            releases=whole.releases.filter(whole.releases.released_at < moment),
        )

    def run(self, expression: ir.Table) -> pa.Table:
        """Execute an expression."""
        return self.store.run(expression)

    def keep(self, name: str, rows: pa.Table | ir.Table) -> ir.Table:
        """Give rows a name."""
        return self.store.keep(name, rows)


def first_named(
    store: Asked,
    *,
    seed: int,
    steps: int,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    against: Reference | None = None,
    watch: Callable[[int, int], None] = lambda _done, _of: None,
) -> dict[str, float]:
    """Return for each account that was ever named the log time (epoch seconds) at which it first was.

    The log's span is cut into ``steps`` equal parts and judged at the end of each. Looking often names more
    innocent accounts than looking once: a provider that acts on the first verdict pays for every look.
    """
    named: dict[str, float] = {}
    for step in range(1, steps + 1):
        until = Until.share(store, step / steps)
        at_s = until.at_s
        judgement = judge(until, seed=seed, settings=settings, against=against)
        for row in range(len(judgement.actors)):
            if judgement.named(row):
                for account in judgement.accounts(row):
                    named.setdefault(account, at_s)
        watch(step, steps)
    return named


def _span(store: Asked) -> tuple[float, float]:
    """Return when the first and the last exchange started, epoch seconds; 0 where there is none."""
    seen = store.tables.observations
    span = store.run(seen.agg(first=seen.started_at.min(), last=seen.started_at.max()))
    if span["first"][0].as_py() is None:
        return 0.0, 0.0
    return float(seconds(span["first"])[0]), float(seconds(span["last"])[0])
