"""Groups to put into journals, and clocks to turn."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from excise.ingest.exchange import Exchange, Turn
from excise.observation.observe import Observer
from excise.service.journal.forgotten import Forgotten
from excise.service.journal.group import Batch, Rows, Said, Words, words_of
from excise.service.journal.writer import JournalSettings, JournalWriter

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
