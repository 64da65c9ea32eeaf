"""Exchanges as gateways send them, groups to put into journals, and services that really run."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pyarrow as pa
import pytest

from excise.ingest.exchange import Exchange, Turn
from excise.observation.observe import Observer
from excise.observation.secret import Keyring
from excise.report.progress import now_s
from excise.service.journal.forgotten import Forgotten
from excise.service.journal.group import Batch, Rows, Said, Words, words_of
from excise.service.journal.reader import Journal
from excise.service.journal.writer import JournalSettings, JournalWriter
from excise.store.store import Store

SOURCE = "litellm"
OBSERVER = Observer(bytes(32), SOURCE, "user")
SMALL = JournalSettings(free_bytes=0)


def rows_of(*records: str, account: str = "ann", at_s: float = 1000.0) -> pa.RecordBatch:
    return OBSERVER.observe(
        [
            Exchange(record_id=name, started_at_s=at_s, user=account, turns=(Turn("user", "a secret word"),))
            for name in records
        ]
    )


class Made:
    """Makes groups: ``rows`` and ``words`` of records by name."""

    @staticmethod
    def rows(*records: str, account: str = "ann", at_s: float = 1000.0) -> Rows:
        return Rows(at_s, len(records), (Batch.of("k", rows_of(*records, account=account, at_s=at_s)),))

    @staticmethod
    def words(
        *records: str,
        account: str = "ann",
        at_s: float = 1000.0,
        seal: Callable[[bytes], bytes] = bytes,
    ) -> Words:
        hashes = rows_of(*records).column("record").to_pylist()
        said = [
            Said(record, account, SOURCE, f"a secret word of {name}".encode())
            for record, name in zip(hashes, records, strict=True)
        ]
        return words_of(said, seal, at_s=at_s)

    @staticmethod
    def record(name: str) -> bytes:
        record: bytes = rows_of(name).column("record")[0].as_py()
        return record


@pytest.fixture(scope="session")
def made() -> type[Made]:
    return Made


@pytest.fixture
def forgotten(tmp_path: Path) -> Forgotten:
    return Forgotten(tmp_path / "journal", bytes(32))


@pytest.fixture
def writer(tmp_path: Path, forgotten: Forgotten):
    with JournalWriter(tmp_path / "journal", forgotten, SMALL) as one:
        yield one


def payload(number: int | str, *, account: str = "ann", at_s: float | None = None, **more: object) -> bytes:
    """One exchange as LiteLLM logs it."""
    started = now_s() - 60 if at_s is None else at_s
    record = {
        "id": f"chat-{number}",
        "call_type": "acompletion",
        "startTime": started,
        "endTime": started + 1,
        "model": "m",
        "metadata": {"user_api_key_user_id": account},
        "messages": [{"role": "user", "content": f"a planted word {number}"}],
        "response": {"choices": [{"message": {"role": "assistant", "content": "a planted reply"}}]},
        "model_parameters": {},
        "status": "success",
    }
    return json.dumps(record | more).encode()


@pytest.fixture(scope="session")
def sent() -> Callable[..., bytes]:
    return payload


class Kept(NamedTuple):
    """Observations: how many rows, how many distinct records, and which."""

    rows: int
    distinct: int
    records: set[bytes]


class Served:
    """``excise serve`` in a process of its own, on a free port."""

    def __init__(
        self, folder: Path, *arguments: str, settings: str = "", python_path: Path | None = None
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.url = f"http://127.0.0.1:{self.port}"
        self.said = folder.with_name(f"{folder.name}.said")
        self.settings = folder.with_name(f"{folder.name}.toml")
        self.settings.write_text(settings)
        self._arguments = arguments
        self._python_path = python_path
        self._observer: Observer | None = None
        self.token = ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, within_s: float = 200.0, wait: bool = True) -> "Served":
        environment = {**os.environ, "EXCISE_PASSPHRASE": "a passphrase of a test"}
        environment["PYTHONPATH"] = str(Path(__file__).parents[2] / "src")
        if self._python_path is not None:
            environment["PYTHONPATH"] += f":{self._python_path}"
        command = [sys.executable, "-m", "excise", "serve", "--data", str(self.folder)]
        command += ["--listen", f"127.0.0.1:{self.port}", "--settings", str(self.settings), *self._arguments]
        with self.said.open("ab") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
        until = time.monotonic() + within_s
        while wait:
            found = re.search(r"excise_[0-9a-f]{8}_[\w-]{43}", self.said.read_text())
            self.token = found[0] if found else ""
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(self.said.read_text())
            try:
                if httpx.get(f"{self.url}/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        return self

    def post(self, path: str, body: bytes, **headers: str) -> httpx.Response:
        sent = {"authorization": f"Bearer {self.token}"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        return httpx.post(f"{self.url}{path}", content=body, headers=sent, timeout=90)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", headers={"authorization": f"Bearer {self.token}"}, timeout=90)

    def metric(self, name: str) -> float:
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.get("/metrics").text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def end(self, *, within_s: float = 120.0) -> int:
        """End it as an operator does, and return how it left."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within_s)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def records(self) -> int:
        """How many observations it has when it is ended: in the store, and still in the journal."""
        keyring = Keyring.open(self.folder / "secret.toml", now_s=now_s())
        journal = Journal(self.folder / "journal")
        with Store.open(self.folder / "store", keyring) as store:
            taken = journal.take(most_records=10**9)
            assert taken.damaged == ()
            for batch in taken.batches:
                store.append(batch.rows, key=keyring.reading)
            store.flush()
            return store.facts.rows

    def distinct(self, folder: Path | None = None) -> "Kept":
        """What it has when it is ended, by record."""
        folder = folder or self.folder
        keyring = Keyring.open(folder / "secret.toml", now_s=now_s())
        with Store.open(folder / "store", keyring) as store:
            for batch in Journal(folder / "journal").take(most_records=10**9).batches:
                store.append(batch.rows, key=keyring.reading)
            store.flush()
            found = store.run(store.tables.observations.select("record")).column("record").to_pylist()
        return Kept(len(found), len(set(found)), set(found))

    def record_of(self, name: str) -> bytes:
        """The record of the exchange with this id."""
        if self._observer is None:
            keyring = Keyring.open(self.folder / "secret.toml", now_s=now_s())
            self._observer = Observer(keyring.reading.secret, "litellm", "user")
        exchange = Exchange(record_id=f"chat-{name}", started_at_s=0.0)
        record: bytes = self._observer.observe([exchange]).column("record")[0].as_py()
        return record

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.said.read_text().splitlines() if line.startswith("{")]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Starts services, and ends what a test left running."""
    made: list[Served] = []

    class Starting:
        @staticmethod
        def made(*arguments: str, name: str = "data", **more: object) -> Served:
            one = Served(tmp_path / name, *arguments, **more)  # type: ignore[arg-type]
            made.append(one)
            return one

        def __call__(self, *arguments: str, name: str = "data", **more: object) -> Served:
            return self.made(*arguments, name=name, **more).start()

    yield Starting()
    for one in made:
        if one.process is not None and one.process.poll() is None:
            one.kill()
