"""Stores made of a few exchanges that a test writes by hand."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pyarrow as pa
import pytest

from excise.conformance import scratch_store
from excise.ingest.exchange import Exchange, Turn
from excise.observation.observe import Observer
from excise.observation.secret import Keyring
from excise.store import directory, networks, releases
from excise.store.store import Store

START_S = 1_759_708_800.0  # 2025-10-06 00:00 UTC, a Monday

Rows = Sequence[Mapping[str, object]]


@pytest.fixture
def sent() -> Callable[..., Exchange]:
    """Writes an exchange: who sent it, how long after the start, and the words of its last turn."""
    serial = count()

    def write(
        account: str | None,
        after_s: float = 0.0,
        text: str | None = None,
        *,
        system: str | None = None,
        before: Sequence[tuple[str, str]] = (),
        **fields: object,
    ) -> Exchange:
        turns = [Turn("system", system)] if system is not None else []
        turns += [Turn(role, said) for role, said in before]
        turns += [Turn("user", text)] if text is not None else []
        return Exchange(
            record_id=f"r{next(serial)}",
            started_at_s=START_S + after_s,
            user=account,
            turns=tuple(turns) if turns else None,
            **fields,  # type: ignore[arg-type]
        )

    return write


@pytest.fixture
def store_of(tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Makes a store of exchanges, and of what the provider knows besides; moments are after the start."""
    with ExitStack() as opened:

        def make(
            exchanges: Sequence[Exchange],
            *,
            accounts: Rows = (),
            nets: Rows = (),
            models: Mapping[str, float] | None = None,
            secret: bytes = bytes(32),
        ) -> Store:
            folder = tmp_path / f"store-{len(list(tmp_path.iterdir()))}"
            ring = Keyring.in_memory(secret)
            store = opened.enter_context(Store.open(folder, ring))
            store.append(Observer(ring.reading.secret, "by hand", "user").observe(list(exchanges)))
            known = [{**row, "created_at": _us(row.get("created_at"))} for row in accounts]
            if known:
                store.put_accounts(pa.Table.from_pylist(known, schema=directory.SCHEMA))
            if nets:
                store.put_networks(pa.Table.from_pylist(list(nets), schema=networks.SCHEMA))
            if models:
                out = [{"model": name, "released_at": _us(at)} for name, at in models.items()]
                store.put_releases(pa.Table.from_pylist(out, schema=releases.SCHEMA))
            store.flush()
            return store

        yield make


@pytest.fixture(scope="session")
def world_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A composed world of some three hundred accounts with five campaigns; to ask, never to write to."""
    with scratch_store(tmp_path_factory.mktemp("world-store"), seed=7) as store:
        yield store


def _us(after_s: object) -> int | None:
    return None if after_s is None else round((START_S + float(after_s)) * 1e6)  # type: ignore[arg-type]


class Postgres:
    """PostgreSQL in a folder of its own: it can be stopped and killed, and comes back."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries, self._folder = binaries, folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._made = 0
        # PostgreSQL refuses to run as root.
        self._user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._user:
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", str(folder / "data"), "-U", "excise", "--auth=trust", "-E", "UTF8")
        self.start()

    def start(self) -> None:
        # No machine loses its power in a test, so nothing need wait for the disk.
        options = f"-p {self.port} -h 127.0.0.1 -k {self._folder} -c fsync=off -c max_connections=60"
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-l", log, "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-m", how, "stop")

    def kill(self) -> None:
        number = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(number, signal.SIGKILL)
        until = time.monotonic() + 60
        while time.monotonic() < until:  # its children end when they notice
            found = subprocess.run(["pgrep", "-f", f"{self._folder}/data"], capture_output=True, check=False)
            ours = subprocess.run(["pgrep", "-P", str(number)], capture_output=True, check=False)
            if not found.stdout.strip() and not ours.stdout.strip():
                break
            time.sleep(0.1)
        time.sleep(0.5)

    def fresh(self) -> str:
        """Return where a state may be: a schema of its own, as a database is a thousand files to copy."""
        self._made += 1
        name = f"state{self._made}"
        at = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "excise")
        self._run("psql", *at, "-q", "-c", f"CREATE SCHEMA {name}", "postgres")
        return f"postgresql://excise@127.0.0.1:{self.port}/postgres?options=-csearch_path%3D{name}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._user, str(self._binaries / program), *arguments]
        for trial in range(5):  # after a kill it may have to clean up first
            done = subprocess.run(command, check=False, capture_output=True, timeout=60, cwd="/")
            if done.returncode == 0:
                return
            time.sleep(0.5 * trial)
        raise LookupError(done.stdout.decode() + done.stderr.decode())


def _binaries() -> Path | None:
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (found / "postgres").exists():
            return found
    on_path = shutil.which("postgres")
    return Path(on_path).parent if on_path else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed on this machine")
    folder = Path(tempfile.mkdtemp(prefix="excise-postgres-"))
    server = None
    try:
        try:
            server = Postgres(binaries, folder)
        except LookupError as error:
            pytest.skip(f"PostgreSQL does not start on this machine: {error}")
        yield server
    finally:
        if server is not None:
            server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
