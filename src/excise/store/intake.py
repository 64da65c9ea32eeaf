"""Logs are taken into a store, by as many processes as there are."""

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import BinaryIO

from msgspec import Struct

from excise.errors import BadSetting, ExciseError
from excise.ingest.chunks import MAX_LINE_BYTES, Reject
from excise.ingest.decoding import Notice
from excise.ingest.reading import MAX_REJECT_SHARE, Portion, Tally, portions
from excise.observation.observed import Asking, Observed, observed, tally_of
from excise.observation.secret import Keyring
from excise.store.store import Store

_ALONE = 2
"""So many portions are read before other processes are started: most of a second to start is not worth
less."""


class Taken(Struct, kw_only=True):
    """What reading has come to so far; also the end result.

    ``new`` observations were not in the store before; ``skipped`` lines are records of another kind.
    ``account_fields`` says of each source which field is the account.
    """

    lines: int = 0
    read: int = 0
    new: int = 0
    skipped: int = 0
    rejected: int = 0
    without_account: int = 0
    unfinished: int = 0
    bytes_read: int = 0
    bytes_total: int | None = None
    formats: frozenset[str] = frozenset()
    account_fields: dict[str, str] = {}


def take_in(
    store: Store,
    keyring: Keyring,
    paths: Iterable[str | Path],
    *,
    format_name: str | None = None,
    account_field: str | None = None,
    source: str | None = None,
    latest_s: float | None = None,
    max_line_bytes: int = MAX_LINE_BYTES,
    max_reject_share: float = MAX_REJECT_SHARE,
    workers: int = 1,
    stdin: BinaryIO | None = None,
    reject: Callable[[Reject], None] = lambda _: None,
    notice: Callable[[Notice], None] = lambda _: None,
    watch: Callable[[Taken], None] = lambda _: None,
) -> Taken:
    """Read logs into a store. Reading a log again adds nothing.

    Args:
        store: where observations go.
        keyring: its keys; a new exchange is observed under each that lives.
        paths: files, folders, patterns, or ``-``.
        format_name: the format of all of them; told from each file's first records where None.
        account_field: the Exchange field that is the account; the format's own where None.
        source: what record ids are unique within; the format's name where None.
        latest_s: the present, in epoch seconds; records that start more than a day later are rejected.
        max_line_bytes: a longer line is rejected, without being held in memory.
        max_reject_share: the share of lines that may be set aside.
        workers: how many processes decode and observe; 1 is this one alone.
        stdin: where ``-`` reads from.
        reject: is given each line that was set aside.
        notice: is given what else there is to say of a file.
        watch: is given the counts after each portion.

    Raises:
        TooManyRejects: what was read until then stays in the store.
        BadSetting: the store has exchanges of this source under another account field.
    """
    before = {name: field for scan in store.scans() for name, field in scan.account_fields.items()}
    asking = Asking(tuple(key.secret for key in keyring.writing), account_field, source, latest_s)
    tally, taken = Tally(max_reject_share), Taken()
    waiting = portions(paths, format_name, max_line_bytes=max_line_bytes, stdin=stdin)
    with closing(_spread(waiting, asking, workers)) as spread:
        for one in spread:
            if one.format_name is not None:
                name = source or one.format_name
                _refuse_another_account(store.path, name, one.account_field, before)
                taken.account_fields[name] = one.account_field
            for key, rows in zip(keyring.writing, one.rows, strict=True):
                new = store.append(rows, key=key)
                if key is keyring.reading:
                    taken.new += new
            for line in one.rejects:
                reject(line)
            for said in one.notices:
                notice(said)
            _count(taken, one)
            watch(taken)
            tally.add(tally_of(one))
    store.flush()
    tally.close()
    return taken


def _count(taken: Taken, one: Observed) -> None:
    taken.lines += one.lines
    taken.read += one.read
    taken.skipped += one.skipped
    taken.rejected += len(one.rejects)
    taken.without_account += one.without_account
    taken.unfinished += one.unfinished
    taken.bytes_read, taken.bytes_total = one.bytes_read, one.bytes_total
    if one.format_name is not None:
        taken.formats |= {one.format_name}


def _refuse_another_account(path: Path, source: str, field: str, before: Mapping[str, str]) -> None:
    """Make sure that a store's accounts are of one kind: what was read once would keep its account.

    Raises:
        BadSetting: they would not be.
    """
    kept = before.get(source, field)
    if kept != field:
        raise BadSetting(
            f"{path}: the account of its {source} exchanges is the {kept}, not the {field}, and what was "
            f"read is not read again; say --account-field {kept}, or name another folder with --store"
        )


def _spread(waiting: Iterator[Portion], asking: Asking, workers: int) -> Generator[Observed, None, None]:
    """Observe portions, in their order, with at most a few per worker in flight: memory stays bounded.

    Raises:
        ExciseError: a process was killed, as the system does when memory is short.
    """
    for portion in islice(waiting, _ALONE if workers > 1 else None):
        yield observed(portion, asking)
    following = next(waiting, None)
    if following is None:
        return
    # Spawned, not forked: the engine and the progress bar have threads, which a fork would leave in the
    # middle.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_settle_in) as pool:
        flying: deque[Future[Observed]] = deque()
        try:
            for portion in chain([following], waiting):
                with _started_deaf():
                    flying.append(pool.submit(observed, portion, asking))
                if len(flying) > 2 * workers:
                    yield flying.popleft().result()
            while flying:
                yield flying.popleft().result()
        except BrokenProcessPool:
            raise ExciseError(
                "a process that reads was killed, perhaps for lack of memory; what was read is kept, and the "
                "same command goes on from there: give it fewer --workers"
            ) from None
        finally:
            for future in flying:
                future.cancel()


@contextmanager
def _started_deaf() -> Iterator[None]:
    """Let processes that start now never hear of an interrupt: whoever started them hears it and ends them.

    One that dies of it in the middle of an answer would leave the others waiting.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _settle_in() -> None:
    """Collect garbage rarely in a worker: exchanges make no cycles; looking takes a fifth of the time."""
    gc.set_threshold(200_000, 20, 20)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End a worker whose parent was killed: nobody else would, and it would wait for work forever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
