import stat
from pathlib import Path

import pytest

from excise.casework.sealing import Opener, Seal
from excise.errors import BadSetting
from excise.service.folder import Folder

WORDS = "a passphrase of a test"


def test_a_first_run_makes_everything_and_a_second_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    begun = folder.begin(now_s=1.0)
    assert begun.made
    assert begun.passphrase is not None
    assert begun.passphrase not in repr(begun)
    opener = Opener.read(folder.opener, begun.passphrase)
    assert opener.open(Seal.public(folder.seal).seal(b"words")) == b"words"
    assert len(folder.reference_key()) == 64
    assert folder.read_policy().rules
    before = {path: path.read_bytes() for path in folder.path.iterdir() if path.is_file()}
    again = Folder(tmp_path / "data").begin(now_s=2.0)
    assert (again.made, again.passphrase) == (False, None)
    assert {path: path.read_bytes() for path in folder.path.iterdir() if path.is_file()} == before
    for path in (folder.secret, folder.opener, folder.references):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_a_passphrase_that_was_given_is_not_shown(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    assert folder.begin(now_s=1.0, passphrase=WORDS).passphrase is None
    Opener.read(folder.opener, WORDS)


def test_the_private_part_may_be_taken_away(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    folder.begin(now_s=1.0, passphrase=WORDS)
    folder.opener.unlink()
    assert not folder.begin(now_s=2.0).made


def test_some_other_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(BadSetting, match="--data"):
        Folder(tmp_path).begin(now_s=1.0)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_damaged_key_of_references_is_said(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    folder.begin(now_s=1.0, passphrase=WORDS)
    folder.references.write_bytes(b"short")
    with pytest.raises(BadSetting, match="back-up"):
        folder.reference_key()
