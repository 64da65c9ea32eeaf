"""The account directory keeps what it may, and nothing else."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from excise.errors import BadTable
from excise.ingest.identities import identity
from excise.store import directory
from excise.store.store import Store

FULL = {
    "account": "acct_1",
    "created_at": "2025-09-11T14:00:13Z",
    "email_domain": "Example.ORG",
    "payment_fingerprint": "pm_1",
    "plan": "enterprise",
    "organization": "Example",
    "verification": "business",
    "programme": None,
}
PERSONAL = {"country": "Ruritania", "name": "Zenda Rassendyll", "language": "xx-RU", "passport": "P1234567"}


def write(path: Path, *rows: Mapping[str, object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_all_its_columns(tmp_path: Path) -> None:
    reading = directory.read([write(tmp_path / "accounts", FULL)])
    assert reading.table.schema == directory.SCHEMA
    assert reading.table.to_pylist() == [
        FULL | {"created_at": datetime(2025, 9, 11, 14, 0, 13, tzinfo=UTC), "email_domain": "example.org"}
    ]
    assert reading.ignored == ()


def test_an_account_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text("account\n17\n")
    (row,) = directory.read([path]).table.to_pylist()
    assert row == dict.fromkeys(directory.SCHEMA.names) | {"account": "17"}


def test_without_accounts_it_is_none(tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text("user,created_at\nacct_1,5\n")
    with pytest.raises(BadTable, match="account directory has no column 'account'; it has: user, created_at"):
        directory.read([path])


def test_a_wrong_time_names_its_place(tmp_path: Path) -> None:
    path = write(tmp_path / "accounts", FULL, {"account": "acct_2", "created_at": "soon"})
    (bad,) = directory.read([path]).bad
    assert (bad.file, bad.line, bad.field) == (str(path), 2, "created_at")
    assert "soon" in bad.reason


def test_country_names_and_language_are_dropped_at_the_door(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path / "accounts", FULL | PERSONAL | {"email_domain": "zenda.rassendyll@example.org"})
    reading = directory.read([path])
    assert reading.ignored == tuple(sorted(PERSONAL))
    store.put_accounts(reading.table)
    path.unlink()
    kept = str(store.run(store.tables.accounts).to_pydict())
    kept += "".join(p.read_bytes().decode("latin-1") for p in store.path.rglob("*") if p.is_file())
    for personal in (*PERSONAL.values(), "zenda", "rassendyll"):
        assert personal.lower() not in kept.lower()
    assert "example.org" in kept


def test_permuting_country_language_and_names_changes_nothing(tmp_path: Path) -> None:
    rows = [
        FULL | {"account": f"acct_{n}"} | {key: f"{value} {n}" for key, value in PERSONAL.items()}
        for n in range(9)
    ]
    turned = [row | {key: rows[-n - 1][key] for key in PERSONAL} for n, row in enumerate(rows)]
    one, other = (
        directory.read([write(tmp_path / str(n), *these)]) for n, these in enumerate([rows, turned])
    )
    assert one.table.equals(other.table)


def test_it_does_not_know_the_store(store: Store, observed: Callable[..., pa.RecordBatch]) -> None:
    """Accounts without traffic, and traffic without accounts, are both welcome."""
    store.append(observed(20))
    assert store.put_accounts(directory.SCHEMA.empty_table()) == 0
    joined = store.observations().anti_join(store.tables.accounts, "account")
    assert store.run(joined.select("record")).num_rows == 20


def test_accounts_are_named_as_the_log_names_them(tmp_path: Path) -> None:
    names = ["acct_1", "ann\x1b[2J", "\u202egnp", "sk-test-0123456789abcdef", "x" * 400]
    reading = directory.read([write(tmp_path / "accounts", *({"account": name} for name in names))])
    assert reading.table["account"].to_pylist() == [identity(name) for name in names]
    assert reading.table["account"].to_pylist() != names
