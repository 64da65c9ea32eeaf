"""Small things that a store remembers."""

import json
from pathlib import Path

import pytest

from excise.errors import StoreDamaged
from excise.store.notes import Notes, Scan


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path)


def test_a_note_is_replaced(notes: Notes, tmp_path: Path) -> None:
    assert notes.read("last_campaigns") is None
    notes.write("last_campaigns", b"one")
    notes.write("last_campaigns", b"two")
    assert Notes(tmp_path).read("last_campaigns") == b"two"


@pytest.mark.parametrize("name", ["", "../secret", "A", "a/b", ".hidden", "x.tmp", "a" * 80])
def test_a_note_has_a_plain_name(notes: Notes, name: str) -> None:
    with pytest.raises(ValueError, match="small letters"):
        notes.write(name, b"")


@pytest.mark.parametrize("account", ["acct_1", 'say "é"', "back\\slash", "日本"])
def test_notes_that_name_a_forgotten_account_go(notes: Notes, account: str) -> None:
    notes.write("plain", f"of {account}, they said".encode())
    notes.write("ascii", json.dumps([account]).encode())
    notes.write("utf8", json.dumps([account], ensure_ascii=False).encode())
    notes.write("other", b"acct_2")
    assert notes.forget(frozenset()) == 0
    assert notes.forget(frozenset([account])) == 3
    assert notes.read("plain") is None
    assert notes.read("other") == b"acct_2"


def test_scans_are_remembered_in_order(notes: Notes, tmp_path: Path) -> None:
    assert notes.scans() == ()
    scans = tuple(
        Scan(at_s=float(n), sources=("a.jsonl", "b.jsonl"), rows_new=n, bytes_read=n) for n in range(3)
    )
    for scan in scans:
        notes.add_scan(scan)
    assert Notes(tmp_path).scans() == scans
    with (tmp_path / "scans.jsonl").open("ab") as out:
        out.write(b'{"at_s": 3')
    assert notes.scans() == scans
    notes.add_scan(scans[0])
    assert notes.scans() == (*scans, scans[0])


def test_a_damaged_line_is_named(notes: Notes, tmp_path: Path) -> None:
    (tmp_path / "scans.jsonl").write_bytes(b"nonsense\n")
    with pytest.raises(StoreDamaged, match=r"scans\.jsonl"):
        notes.scans()
