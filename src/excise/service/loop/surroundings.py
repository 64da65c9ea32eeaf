"""What accounts are judged among in a turn: a panel of ordinary accounts, directory, networks, releases."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from excise.service.loop.runs import Runs
from excise.service.loop.standings import Known, known
from excise.service.loop.whole import Whole
from excise.store import directory, networks, releases
from excise.store.portion import Portion

F64 = NDArray[np.float64]

_PANEL = 300
_ROWS_EACH = 120
_ORDINARY_BITS = 3.0
_RANKS = 20_000
_SIGN_UPS = 4_000


class Surroundings:
    """What does not change from turn to turn.

    Args:
        store: the folder of the store.
        runs: the observations by account.
        whole: the last judgement of everything.
        seed: of the drawing of the panel.
    """

    def __init__(self, store: Path, runs: Runs, whole: Whole, *, seed: int) -> None:
        self._accounts = _table(store, "accounts", directory.SCHEMA)
        self._networks = networks.Networks(_table(store, "networks", networks.SCHEMA))
        self._releases = _table(store, "releases", releases.SCHEMA)
        draw = np.random.default_rng(seed)
        self.panel = _panel(whole, draw)
        self._panel_rows = runs.of(sorted(self.panel)).combine_chunks()
        _, first = np.unique(whole.roll().owner, return_index=True)
        ranks = whole.ranks()[first]
        self.ranks: F64 = ranks if len(ranks) <= _RANKS else draw.choice(ranks, _RANKS, replace=False)
        count = self._accounts.num_rows
        picked = draw.choice(count, _SIGN_UPS, replace=False) if count > _SIGN_UPS else np.arange(count)
        # How near two sign-ups are is counted in the sign-ups between them: some of everybody's are enough.
        self._others = self._accounts.take(pa.array(np.sort(picked)))

    def rows_of(self, accounts: set[str]) -> pa.Table:
        """Return the rows of some accounts of the panel."""
        return self._panel_rows.filter(
            pc.is_in(self._panel_rows["account"], pa.array(sorted(accounts), pa.string()))
        )

    def fill(self, portion: Portion, rows: pa.Table, accounts: set[str]) -> None:
        """Let a portion hold rows, with what is known of their accounts and addresses."""
        portion.fill(
            observations=rows,
            accounts=pa.concat_tables([self._of(accounts), _without(self._others, accounts)]),
            addresses=self._networks.resolve(rows["address"]),
            releases=self._releases,
        )

    def known(self, accounts: set[str]) -> dict[str, Known]:
        """Return what the account directory says of accounts."""
        return known(self._of(accounts))

    def _of(self, accounts: set[str]) -> pa.Table:
        return self._accounts.filter(
            pc.is_in(self._accounts["account"], pa.array(sorted(accounts), pa.string()))
        )


def _without(table: pa.Table, accounts: set[str]) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table["account"], pa.array(sorted(accounts), pa.string()))))


def _panel(whole: Whole, draw: np.random.Generator) -> set[str]:
    """Draw owners whom nobody suspects and who are not too busy, with all their accounts."""
    roll = whole.roll()
    ordinary = (whole.claims() < _ORDINARY_BITS) & (roll.rows <= _ROWS_EACH)
    busy = np.zeros(len(roll.owner), np.bool_)
    busy[np.unique(roll.owner[~ordinary])] = True
    chosen: set[str] = set()
    owners = np.unique(roll.owner)
    order = np.argsort(roll.owner, kind="stable")
    begins = np.searchsorted(roll.owner[order], owners)
    ends = np.searchsorted(roll.owner[order], owners, side="right")
    for at in draw.permutation(len(owners)).tolist():
        if len(chosen) >= _PANEL:
            break
        if not busy[owners[at]] and ends[at] - begins[at] <= _PANEL // 10:
            chosen |= {roll.accounts[int(account)] for account in order[begins[at] : ends[at]]}
    return chosen


def _table(store: Path, name: str, schema: pa.Schema) -> pa.Table:
    path = store / "tables" / f"{name}.parquet"
    return pq.ParquetFile(path).read().cast(schema) if path.exists() else schema.empty_table()
