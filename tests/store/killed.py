"""Kill a process that writes, at many points, and look at what is left. Run by ``test_killed.py``.

Children are forked from this process, which has started no thread, and end by SIGKILL: some just before the
n-th file operation in the store, the others after a random time. After each, another child opens the store,
makes the same appends, and compares all rows with those of a store that was never interrupted.

    python killed.py FOLDER ROWS.arrow EXACT_POINTS RANDOM_POINTS SEED
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from excise.observation.schema import SCHEMA
from excise.observation.secret import Keyring
from excise.store import segments
from excise.store.manifest import Manifest
from excise.store.store import Store

RING = Keyring.in_memory(bytes(range(32)))
FORGOTTEN = "acct_3"
NOW_S = 2e9
FILE_OPERATIONS = {"open", "os.rename", "os.remove", "os.mkdir", "os.truncate"}


def scan(path: Path, rows: list[pa.RecordBatch]) -> None:
    """Do everything that writes: append, flush, compact, forget, note."""
    with Store.open(path, RING) as store:
        store.rows_per_segment = 60
        for at, batch in enumerate(rows):
            store.append(batch)
            if at == len(rows) // 2:
                store.compact()
        store.flush()
        store.compact()
        store.forget(now_s=NOW_S, accounts=[FORGOTTEN])
        store.notes.write("last_campaigns", b"{}")


def contents(path: Path) -> pa.Table:
    """Return every row of a store, none of which may come twice, after its own checks."""
    Store.open(path, RING).close()
    manifest = Manifest.load(path)
    assert manifest is not None
    parts = [segments.read(path / "observations", segment) for segment in manifest.segments]
    table = pa.concat_tables([SCHEMA.empty_table(), *parts]).sort_by("record").combine_chunks()
    assert len(set(table.column("record").to_pylist())) == table.num_rows
    return table


def check(path: Path, rows: list[pa.RecordBatch], expected: Path) -> None:
    """Make sure that what is left is whole, and that the same scan again brings the rest."""
    whole = pa.ipc.open_file(expected).read_all()
    before = contents(path)
    known = set(pa.Table.from_batches(rows).column("record").to_pylist())
    assert set(before.column("record").to_pylist()) <= known
    scan(path, rows)
    assert contents(path).equals(whole)
    assert not list(path.rglob("*.tmp"))


def in_child(do: Callable[[], None]) -> int:
    """Return how a child ended that did something: its exit code, or the negative number of a signal."""
    child = os.fork()
    if child == 0:
        try:
            do()
        except BaseException:  # noqa: BLE001 - the child ends here, whatever went wrong
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def before_operation(path: Path, count: int, do: Callable[[], None]) -> None:
    """Do something, and die just before the ``count``-th file operation in a folder."""
    left = count

    def watch(event: str, args: tuple[object, ...]) -> None:
        nonlocal left
        if event in FILE_OPERATIONS and str(args[0]).startswith(str(path)):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    do()


def operations(path: Path, rows: list[pa.RecordBatch], told: Path) -> None:
    """Write down how many file operations a whole scan takes."""
    count = 0

    def watch(event: str, args: tuple[object, ...]) -> None:
        nonlocal count
        count += event in FILE_OPERATIONS and str(args[0]).startswith(str(path))

    sys.addaudithook(watch)
    scan(path, rows)
    told.write_text(str(count))


def expect(path: Path, expected: Path) -> None:
    """Write down what an uninterrupted scan leaves."""
    table = contents(path)
    with pa.ipc.new_file(expected, table.schema) as out:
        out.write_table(table)


def killed_after(seconds: float, do: Callable[[], None]) -> None:
    """Do something, and die after a time."""
    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    do()


def main(folder: Path, source: Path, exact: int, random: int, seed: int) -> None:
    """Kill and look, as often as was asked."""
    rows = pa.ipc.open_file(source).read_all().to_batches()
    expected = folder / "expected.arrow"
    started = time.perf_counter()
    assert in_child(lambda: operations(folder / "whole", rows, folder / "operations")) == 0
    whole_s = time.perf_counter() - started
    assert in_child(lambda: expect(folder / "whole", expected)) == 0
    count = int((folder / "operations").read_text())
    rng = np.random.default_rng(seed)
    points = sorted(rng.choice(np.arange(1, count + 1), size=exact, replace=False).tolist())
    deaths = 0
    for at, point in enumerate([*points, *rng.uniform(0, whole_s, random).tolist()]):
        path = folder / f"killed-{at}"
        path.mkdir()

        whole = partial(scan, path, rows)
        die = (
            partial(before_operation, path, point, whole)
            if at < exact
            else partial(killed_after, point, whole)
        )
        ended = in_child(die)
        assert ended == -signal.SIGKILL or (ended == 0 and at >= exact), f"point {point}: ended with {ended}"
        deaths += ended != 0
        assert in_child(partial(check, path, rows, expected)) == 0, f"point {point}: not the same rows"
    sys.stdout.write(f"{deaths} deaths, {count} operations\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *(int(text) for text in sys.argv[3:]))
