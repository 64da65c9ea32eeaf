import json
from pathlib import Path

import pytest

from excise.casework.case import Happening
from excise.casework.exhibit import Original, from_logs, preserve, reveal
from excise.casework.refusals import NoSuchRecord, SealBroken
from excise.casework.sealing import Opener
from excise.errors import BadSetting

NOW_S = 1_790_000_000.0


def line(number: int, user: str, words: str = "hello") -> bytes:
    record = {
        "id": f"r{number}",
        "call_type": "acompletion",
        "startTime": 1_759_708_800.0 + number,
        "metadata": {"user_api_key_user_id": user},
        "messages": [{"role": "user", "content": words}],
    }
    return json.dumps(record).encode()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.jsonl"
    rows = [line(n, "xyz"[n % 3], f"words {n} \u2603") for n in range(30)]
    rows.insert(4, b"")
    rows.insert(9, b'{"broken')
    path.write_bytes(b"\n".join(rows))
    return path


@pytest.fixture
def keys() -> Opener:
    return Opener.generate()[0]


@pytest.fixture
def case(lite) -> str:
    return lite.cases.open("Theirs", ["x", "y"], by="ann", now_s=NOW_S).id


def test_records_are_kept_byte_for_byte_with_their_place(log):
    found = list(from_logs([log], ["x"]))
    lines = log.read_bytes().split(b"\n")
    assert len(found) == 10
    assert all(lines[one.line - 1] == one.raw for one in found)
    assert {one.account for one in found} == {"x"}
    assert found[1].record_id == "r3"
    assert list(from_logs([log], ["nobody"])) == []


def test_an_exhibit_opens_with_the_key_and_every_reading_is_in_the_ledger(lite, case, log, keys, tmp_path):
    made = preserve(
        lite,
        case,
        from_logs([log, log], ["x", "y", "z"]),
        tmp_path / "exhibits",
        keys.seal,
        reason="counsel asks",
        by="ann",
        now_s=NOW_S + 1,
    )
    assert made.records == 20, "those of z are not the case's, and the second copy is the first"
    assert b"words" not in made.path.read_bytes()
    assert made.path.stat().st_mode & 0o077 == 0
    label, originals = reveal(lite, made.path, keys, reason="to read", by="bob", now_s=NOW_S + 2)
    assert label == made.label
    assert sorted({one.account for one in originals}) == ["x", "y"]
    events = [(one.happening, one.by, one.about) for one in lite.cases.events(case)][-2:]
    assert events == [(Happening.PRESERVED, "ann", label.id), (Happening.REVEALED, "bob", label.id)]
    assert made.sha256 in lite.cases.events(case)[-2].text


def test_nobody_reads_without_a_reason_or_the_key(lite, case, log, keys, tmp_path):
    made = preserve(
        lite, case, from_logs([log], ["x"]), tmp_path, keys.seal, reason="r", by="ann", now_s=NOW_S
    )
    before = len(lite.cases.events(case))
    with pytest.raises(BadSetting, match="reason is empty"):
        reveal(lite, made.path, keys, reason=" ", by="bob", now_s=NOW_S)
    with pytest.raises(SealBroken, match="another key"):
        reveal(lite, made.path, Opener.generate()[0], reason="r", by="bob", now_s=NOW_S)
    assert len(lite.cases.events(case)) == before


def test_what_was_changed_in_the_file_is_found(lite, case, log, keys, tmp_path):
    made = preserve(
        lite, case, from_logs([log], ["x"]), tmp_path, keys.seal, reason="r", by="ann", now_s=NOW_S
    )
    whole = made.path.read_bytes()
    for place in (0, 20, 45, len(whole) // 2, len(whole) - 1):
        changed = bytearray(whole)
        changed[place] ^= 1
        made.path.write_bytes(changed)
        with pytest.raises(SealBroken):
            list(reveal(lite, made.path, keys, reason="r", by="bob", now_s=NOW_S)[1])
    made.path.write_bytes(whole[:-30])
    with pytest.raises(SealBroken):
        list(reveal(lite, made.path, keys, reason="r", by="bob", now_s=NOW_S)[1])


def test_a_large_one_is_written_as_a_stream(lite, case, keys, tmp_path):
    def many():
        for number in range(600):
            yield Original(
                account="x", record_id=f"r{number}", place="spool", line=0, raw=bytes([number % 251]) * 20_000
            )

    made = preserve(lite, case, many(), tmp_path, keys.seal, reason="r", by="ann", now_s=NOW_S)
    assert made.records == 600
    _, originals = reveal(lite, made.path, keys, reason="r", by="ann", now_s=NOW_S)
    assert sum(len(one.raw) for one in originals) == 12_000_000


def test_nothing_found_leaves_nothing_behind(lite, case, keys, tmp_path):
    folder = tmp_path / "exhibits"
    with pytest.raises(BadSetting, match="nothing that its 2 accounts sent was found"):
        preserve(lite, case, iter(()), folder, keys.seal, reason="r", by="ann", now_s=NOW_S)
    assert list(folder.iterdir()) == []
    with pytest.raises(NoSuchRecord):
        preserve(lite, "case-none", iter(()), folder, keys.seal, reason="r", by="ann", now_s=NOW_S)


def test_it_shows_no_words():
    one = Original(account="x", record_id="r", place="p", line=1, raw=b"secret words")
    assert "secret" not in repr(one)
