"""When models came out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from excise.errors import BadTable
from excise.store import releases


@pytest.mark.parametrize(
    "text",
    [
        '{"models": [{"model": "atlas-2", "released_at": 1759989600.0}]}',
        '{\n "models": [\n  {\n   "model": "atlas-2",\n   "released_at": 1759989600.0\n  }\n ]\n}',
        '{"model": "atlas-2", "released_at": 1759989600.0}\n',
        '{"model": "atlas-1", "released_at": 5}\n{"model": "atlas-2", "released_at": "2025-10-09T06:00Z"}\n',
        "model,released_at\natlas-2,2025-10-09T06:00:00Z\n",
    ],
)
def test_every_spelling(tmp_path: Path, text: str) -> None:
    path = tmp_path / "releases"
    path.write_text(text)
    table = releases.read([path]).table
    assert table.schema == releases.SCHEMA
    assert table.to_pylist()[-1] == {"model": "atlas-2", "released_at": datetime(2025, 10, 9, 6, tzinfo=UTC)}


def test_a_release_has_a_time(tmp_path: Path) -> None:
    path = tmp_path / "releases"
    path.write_text('{"models": [{"model": "atlas-2"}]}')
    with pytest.raises(BadTable, match=r"release list.*line 1, released_at: is missing"):
        releases.read([path])
