import json
from pathlib import Path

import pytest

from excise.service.capture import rejected
from excise.service.capture.rejected import Refused, RejectedFile


def test_rows_are_appended_and_the_file_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejected, "MOST_BYTES", 1000)
    path = tmp_path / "rejected.jsonl"
    file = RejectedFile(path)
    for n in range(100):
        file.add([Refused(1.0, "s", "litellm", n, "startTime: missing")])
    lines = path.read_text().splitlines() + (tmp_path / "rejected.before.jsonl").read_text().splitlines()
    assert json.loads(lines[0])["reason"] == "startTime: missing"
    assert sum(entry.stat().st_size for entry in tmp_path.iterdir()) < 3000
    assert file.lost == 0


def test_a_place_that_cannot_be_written_loses_rows_and_says_so(tmp_path: Path) -> None:
    file = RejectedFile(tmp_path / "nowhere" / "rejected.jsonl")
    file.add([Refused(1.0, "s", "litellm", 1, "x")])
    assert file.lost == 1
