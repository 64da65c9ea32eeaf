"""The data folder: made once, whoever comes first, and nothing of somebody else's is touched."""

import stat

import pytest

from excise.casework.sealing import Opener
from excise.errors import BadSetting
from excise.service.folder import Folder

NOW_S = 1_790_000_000.0


def test_a_first_run_makes_it_and_a_second_changes_nothing(tmp_path):
    folder = Folder(tmp_path / "data")
    begun = folder.begin(now_s=NOW_S)
    assert begun.made
    assert Opener.read(folder.opener, begun.passphrase).seal.id
    assert begun.passphrase not in repr(begun)
    held = {path.name: path.read_bytes() for path in folder.path.iterdir() if path.is_file()}
    again = folder.begin(now_s=NOW_S + 1)
    assert not again.made
    assert held == {path.name: path.read_bytes() for path in folder.path.iterdir() if path.is_file()}
    assert folder.read_policy().rules
    for secret in (folder.secret, folder.opener, folder.references):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(BadSetting, match="not empty"):
        Folder(tmp_path).begin(now_s=NOW_S)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_key_that_was_cut_is_said_to_be(tmp_path):
    folder = Folder(tmp_path / "data")
    folder.begin(now_s=NOW_S)
    folder.references.write_bytes(b"short")
    with pytest.raises(BadSetting, match="references"):
        folder.reference_key()
