"""The deployment secret: made once, shown to nobody, rotated without a gap."""

import copy
import json
import pickle
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.errors import BadSetting
from excise.observation.secret import Key, Keyring, secret_file

DAY_S = 86_400.0
KEYS = st.binary(min_size=32, max_size=32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "secret.toml"


def test_first_use_makes_a_secret_that_only_its_owner_reads(path: Path) -> None:
    first = Keyring.open(path, now_s=5.0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first.reading.created_at_s == 5.0
    assert Keyring.open(path, now_s=9.0).keys == first.keys
    assert [p.name for p in path.parent.iterdir() if stat.S_IMODE(p.stat().st_mode) & 0o077] == []


def test_two_deployments_have_different_secrets(tmp_path: Path) -> None:
    one, other = (Keyring.open(tmp_path / name, now_s=0.0) for name in ("one", "other"))
    assert one.reading.secret != other.reading.secret
    assert one.id != other.id


def test_processes_that_make_it_at_once_agree(path: Path) -> None:
    program = (
        "import sys, pathlib; from excise.observation.secret import Keyring; sys.stdin.read(1);"
        "ring = Keyring.open(pathlib.Path(sys.argv[1]), now_s=0.0); print(ring.id, ring.reading.id)"
    )
    crowd = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    for process in crowd:
        assert process.stdin is not None
        process.stdin.write(b"x")
        process.stdin.flush()
    answers = {process.communicate(timeout=60)[0] for process in crowd}
    assert len(answers) == 1
    assert len(answers.pop().split()) == 2


def test_rotations_at_once_all_count(path: Path) -> None:
    Keyring.open(path, now_s=0.0)
    program = (
        "import sys, pathlib; from excise.observation.secret import Keyring;"
        "Keyring.open(pathlib.Path(sys.argv[1]), now_s=1.0).rotate(now_s=1.0, overlap_s=100.0)"
    )
    crowd = [subprocess.Popen([sys.executable, "-c", program, str(path)]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in crowd] == [0, 0, 0]
    assert len(Keyring.open(path, now_s=2.0).keys) == 4


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_secret_that_others_can_read_is_refused(path: Path, mode: int) -> None:
    Keyring.open(path, now_s=0.0)
    path.chmod(mode)
    with pytest.raises(BadSetting, match=f"chmod 600 {path}"):
        Keyring.open(path, now_s=0.0)


def test_nobody_is_told_to_close_what_is_no_secret(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("root:x:0:0\n")
    path.chmod(0o644)
    for other in (path, path.parent):
        with pytest.raises(BadSetting) as error:
            Keyring.open(other, now_s=0.0)
        assert "chmod" not in str(error.value)
        assert "--secret-file" in str(error.value)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text[:0],
        lambda text: text.replace("version = 1", "version = 2"),
        lambda text: text.replace("[[keys]]", "[[kees]]"),
        lambda text: text.replace('secret = "', 'secret = "zz'),
        lambda text: text.replace('lasting = "', 'lasting = "00'),
        lambda text: text + "retires_at_s = 1.0\n",
    ],
)
def test_a_damaged_file_is_refused_without_showing_it(path: Path, damage: object) -> None:
    Keyring.open(path, now_s=0.0)
    text = path.read_text()
    path.write_text(damage(text))  # type: ignore[operator]
    with pytest.raises(BadSetting) as error:
        Keyring.open(path, now_s=0.0)
    said = str(error.value)
    assert str(path) in said
    assert "back-up" in said
    assert not [line for line in text.split('"') if len(line) == 64 and line[:12] in said]
    assert error.value.__cause__ is None


def test_nothing_shows_a_secret(path: Path) -> None:
    ring = Keyring.open(path, now_s=0.0)
    key = ring.reading
    for shown in (repr(key), str(key), f"{key}", repr(ring), str(ring), repr([key]), repr(ring.keys)):
        assert key.secret.hex() not in shown
        assert repr(key.secret) not in shown
        assert key.id in shown
    for careless in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps, msgspec.json.encode, vars):
        for holder in (key, ring):
            with pytest.raises(TypeError):
                careless(holder)


def test_a_key_reaches_a_worker_when_sent_on_purpose() -> None:
    key = Key(bytes(range(32)), created_at_s=1.0, retires_at_s=2.0)
    again = Key.from_bytes(key.to_bytes())
    assert again == key
    assert (again.id, again.created_at_s, again.retires_at_s) == (key.id, 1.0, 2.0)
    assert hash(again) == hash(key)
    assert again != Key(bytes(range(32)), created_at_s=1.0)


def test_a_secret_has_32_bytes() -> None:
    with pytest.raises(BadSetting, match="32 bytes, this one 3"):
        Key(b"abc", created_at_s=0.0)


@settings(deadline=None)
@given(KEYS, KEYS, st.text(max_size=20), st.text(max_size=20))
def test_what_is_derived_depends_on_the_key_and_on_the_purpose(
    one: bytes, other: bytes, purpose: str, use: str
) -> None:
    a, b = Key(one, created_at_s=0.0), Key(other, created_at_s=0.0)
    assert (a.derive(purpose) == b.derive(purpose)) == (one == other)
    assert (a.derive(purpose) == a.derive(use)) == (purpose == use)
    assert a.derive(purpose) != one
    assert len(a.derive(purpose)) == 32
    assert len(a.id) == 8
    assert int(a.id, 16) >= 0


def test_old_and_new_key_overlap(path: Path) -> None:
    before = Keyring.open(path, now_s=0.0)
    after = before.rotate(now_s=DAY_S, overlap_s=7 * DAY_S)
    assert after.reading.id == before.reading.id
    assert after.writing[0].id == before.reading.id
    assert len(after.writing) == 2
    assert after.retired == frozenset()
    assert Keyring.open(path, now_s=8 * DAY_S - 1).keys == after.keys

    later = Keyring.open(path, now_s=8 * DAY_S)
    assert [key.id for key in later.keys] == [after.writing[1].id]
    assert later.retired == {before.reading.id}
    assert later.id == before.id
    assert later.derive("forgotten accounts") == before.derive("forgotten accounts")


def test_a_second_rotation_does_not_prolong_the_first(path: Path) -> None:
    ring = Keyring.open(path, now_s=0.0).rotate(now_s=0.0, overlap_s=10.0).rotate(now_s=5.0, overlap_s=100.0)
    assert [key.retires_at_s for key in ring.keys] == [10.0, 105.0, None]
    assert len(Keyring.open(path, now_s=10.0).keys) == 2
    assert len(Keyring.open(path, now_s=105.0).keys) == 1


def test_a_rotation_without_overlap_retires_at_once(path: Path) -> None:
    before = Keyring.open(path, now_s=0.0)
    secret = before.reading.secret.hex()
    after = before.rotate(now_s=1.0, overlap_s=0.0)
    assert len(after.keys) == 1
    assert after.retired == {before.reading.id}
    assert secret not in path.read_text()


def test_a_retired_secret_leaves_the_file(path: Path) -> None:
    before = Keyring.open(path, now_s=0.0)
    secret = before.reading.secret.hex()
    before.rotate(now_s=0.0, overlap_s=10.0)
    assert Keyring.open(path, now_s=9.0).retire(now_s=9.0).keys[0].id == before.reading.id
    assert secret in path.read_text()
    left = Keyring.open(path, now_s=11.0).retire(now_s=11.0)
    assert secret not in path.read_text()
    assert left.retired == {before.reading.id}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = Keyring.open(path, now_s=0.0)
    assert again.keys == left.keys
    assert again.retired == left.retired


def test_a_ring_in_memory_is_not_rotated() -> None:
    ring = Keyring.in_memory(bytes(32))
    with pytest.raises(BadSetting, match="kept in no file"):
        ring.rotate(now_s=0.0, overlap_s=1.0)
    with pytest.raises(BadSetting, match="kept in no file"):
        ring.retire(now_s=0.0)


def test_where_the_secret_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCISE_SECRET_FILE", str(tmp_path / "named.toml"))
    Keyring.open(now_s=0.0)
    assert (tmp_path / "named.toml").exists()
    monkeypatch.delenv("EXCISE_SECRET_FILE")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert secret_file().name == "secret.toml"
    assert secret_file().is_relative_to(tmp_path)


def test_a_killed_writer_leaves_no_half_secret(path: Path) -> None:
    ring = Keyring.open(path, now_s=0.0)
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_text('secret = "')
    unfinished.chmod(0o666)
    assert Keyring.open(path, now_s=0.0).keys == ring.keys
    ring.rotate(now_s=0.0, overlap_s=1.0)
    assert not unfinished.exists()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
