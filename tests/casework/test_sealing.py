import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.casework import sealing
from excise.casework.refusals import SealBroken
from excise.casework.sealing import HEADER_BYTES, Opener, Seal
from excise.errors import BadSetting

OPENER, SEAL = Opener.generate()


@given(st.binary(max_size=200))
def test_what_was_sealed_opens(data: bytes) -> None:
    assert OPENER.open(SEAL.seal(data)) == data


@given(st.binary(max_size=40), st.data())
def test_any_changed_bit_is_found(data: bytes, draw: st.DataObject) -> None:
    sealed = bytearray(SEAL.seal(data))
    place = draw.draw(st.integers(0, len(sealed) - 1))
    # The top bit of the point is ignored by RFC 7748, but not by the key that is derived from it.
    sealed[place] ^= 1 << draw.draw(st.integers(0, 7))
    with pytest.raises(SealBroken):
        OPENER.open(bytes(sealed))


@given(st.binary(max_size=40), st.data())
def test_any_cut_or_addition_is_found(data: bytes, draw: st.DataObject) -> None:
    sealed = SEAL.seal(data)
    with pytest.raises(SealBroken):
        OPENER.open(sealed[: draw.draw(st.integers(0, len(sealed) - 1))])
    with pytest.raises(SealBroken):
        OPENER.open(sealed + draw.draw(st.binary(min_size=1, max_size=9)))


def stream(chunks: list[bytes]) -> bytes:
    out = io.BytesIO()
    SEAL.seal_stream(iter(chunks), out)
    return out.getvalue()


def pieces_of(sealed: bytes) -> list[bytes]:
    found, place = [], HEADER_BYTES
    while place < len(sealed):
        end = place + 4 + int.from_bytes(sealed[place : place + 4])
        found.append(sealed[place:end])
        place = end
    return found


@settings(max_examples=30)
@given(st.lists(st.binary(max_size=50), max_size=6))
def test_a_stream_of_any_chunks_comes_back(chunks: list[bytes]) -> None:
    patched = pytest.MonkeyPatch()
    with patched.context() as patch:
        patch.setattr(sealing, "PIECE_BYTES", 16)
        sealed = stream(chunks)
    assert b"".join(OPENER.pieces(io.BytesIO(sealed))) == b"".join(chunks)


def test_pieces_moved_repeated_or_left_out_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PIECE_BYTES", 16)
    sealed = stream([bytes(range(60))])
    header, parts = sealed[:HEADER_BYTES], pieces_of(sealed)
    assert len(parts) == 4
    wrong = [
        [parts[1], parts[0], *parts[2:]],
        [parts[0], parts[0], *parts[1:]],
        [parts[0], *parts[2:]],
        parts[:-1],
        [],
    ]
    for order in wrong:
        with pytest.raises(SealBroken):
            list(OPENER.pieces(io.BytesIO(header + b"".join(order))))


def test_a_file_that_a_killed_process_was_writing_opens_as_far_as_it_goes() -> None:
    session = SEAL.session()
    whole = session.header + session.seal(b"one") + session.seal(b"two")
    for end in range(len(whole) - 1, HEADER_BYTES + 4 + 19 - 1, -1):
        assert list(OPENER.pieces(io.BytesIO(whole[:end]), whole=False)) == [b"one"]
    with pytest.raises(SealBroken, match="before its end"):
        list(OPENER.pieces(io.BytesIO(whole)))


def test_another_key_does_not_open_it() -> None:
    other, _ = Opener.generate()
    with pytest.raises(SealBroken, match="another key"):
        other.open(SEAL.seal(b"words"))


def test_keys_are_kept_in_files(tmp_path: Path) -> None:
    private, public = tmp_path / "seal.pem", tmp_path / "seal.pub"
    OPENER.write(private, "a long passphrase")
    OPENER.seal.write(public)
    assert private.stat().st_mode & 0o077 == 0
    assert b"ENCRYPTED" in private.read_bytes()
    sealed = Seal.public(public).seal(b"words")
    assert Opener.read(private, "a long passphrase").open(sealed) == b"words"
    with pytest.raises(SealBroken, match="passphrase"):
        Opener.read(private, "another passphrase")
    with pytest.raises(FileExistsError):
        OPENER.write(private, "a long passphrase")
    with pytest.raises(BadSetting, match="at least 12"):
        OPENER.write(tmp_path / "other.pem", "short")


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="name its --data"):
        Seal.public(tmp_path / "absent.pub")
    (tmp_path / "x.pub").write_text("hello")
    with pytest.raises(BadSetting, match="no public key"):
        Seal.public(tmp_path / "x.pub")


def test_it_shows_no_secret() -> None:
    assert repr(OPENER) == f"Opener({SEAL.id})"
