from pathlib import Path

import pytest

from excise.errors import BadSetting
from excise.service.settings import Settings, read


def test_without_a_file_all_is_as_shipped() -> None:
    assert read(None) == Settings()


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        """
        [limits]
        body_bytes = 1000
        [capture.account_fields]
        litellm = "api_key"
        [journal]
        spool_days = 0
        [[tail]]
        path = "log*.jsonl"
        [enforcement.desk]
        fail = "closed"
        [enforcement.gateways.decide]
        ttl_s = 5.0
        [judging]
        window_days = 7.0
        """
    )
    found = read(path)
    assert found.limits.body_bytes == 1000
    assert found.capture.account_fields == {"litellm": "api_key"}
    assert found.tail[0].path == "log*.jsonl"
    assert found.enforcement.gateways == {"decide": {"ttl_s": 5.0}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[limits]\nbody_bytez = 1", r"Did you mean limits\.body_bytes\?"),
        ("[limits]\nbody_bytes = 0", "limits.body_bytes is 0"),
        ("[limits]\nhead_s = nan", "limits.head_s is nan"),
        ("[journal]\nspool_days = -1", "journal.spool_days is -1"),
        ("[capture.account_fields]\nlitellm = 'name'", "name"),
        ("[judging]\nwindow_dayz = 1", "judging: .*window_dayz"),
        ("not toml", "s.toml"),
        ("[[tail]]\nformat = 'litellm'", "path"),
    ],
)
def test_what_is_wrong_names_the_place_and_the_way_out(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text)
    with pytest.raises(BadSetting, match=said):
        read(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="--settings"):
        read(tmp_path / "nowhere.toml")
