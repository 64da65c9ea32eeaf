"""What the provider knows besides goes into the store: account directory, networks, releases."""

from pathlib import Path

from excise.errors import BadTable
from excise.report.progress import Watcher
from excise.scan import Logs, bring
from excise.service.logs import log, log_error
from excise.service.settings import Known
from excise.store.rows import BadRow
from excise.store.store import Store

_Stamp = tuple[tuple[str, int, int], ...]


class Knowing:
    """Brings files into a store when they are new or have changed.

    Args:
        known: which files.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self._brought: _Stamp | None = None

    def bring(self, store: Store) -> bool:
        """Bring what changed, and say whether anything did; what cannot be read changes nothing."""
        stamp = self._stamp()
        if stamp == self._brought or not stamp:
            return False
        self._brought = stamp
        logs = Logs(
            paths=(),
            accounts=tuple(map(Path, self._known.accounts)),
            networks=tuple(map(Path, self._known.networks)),
            releases=tuple(map(Path, self._known.releases)),
        )
        counting = _Counting()
        try:
            bring(store, logs, counting)
        except (BadTable, OSError) as error:
            log_error("what the provider knows cannot be read", error)
            return False
        log("what the provider knows was brought", rejected=counting.bad)
        return True

    def _stamp(self) -> _Stamp:
        found = []
        for name in (*self._known.accounts, *self._known.networks, *self._known.releases):
            try:
                there = Path(name).stat()
            except OSError:
                continue
            found.append((name, there.st_mtime_ns, there.st_size))
        return tuple(found)


class _Counting(Watcher):
    """Counts the rows that could not be read; their values stay out of the logs."""

    def __init__(self) -> None:
        self.bad = 0

    def bad_row(self, row: BadRow) -> None:  # noqa: ARG002 - counted, not shown
        """Count one."""
        self.bad += 1
