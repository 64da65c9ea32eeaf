from hypothesis import given
from hypothesis import strategies as st

from excise.ingest.credentials import without_credentials
from excise.ingest.identities import _HARMLESS, LONGEST, identity, record_id_of


@given(st.text(max_size=600))
def test_what_is_kept_is_short_and_shows_no_control_character(value: str) -> None:
    kept = identity(value)
    if kept is None:
        assert not value.strip()
        return
    assert len(kept) <= LONGEST
    assert not [c for c in kept if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066\u2028"]
    assert identity(value) == kept


@given(st.from_regex(_HARMLESS, fullmatch=True))
def test_ids_that_are_let_through_unseen_hold_no_credential(value: str) -> None:
    assert without_credentials(value) == value


def test_long_identities_stay_apart() -> None:
    one, other = identity("x" * 10_000 + "a"), identity("x" * 10_000 + "b")
    assert one is not None
    assert one != other
    assert len(one) == LONGEST


def test_a_key_in_a_long_identity_is_not_kept() -> None:
    kept = identity("x" * 200 + " sk-live-0123456789abcdefghij " + "y" * 5_000)
    assert kept is not None
    assert "sk-live" not in kept


def test_names_stay_as_they_are() -> None:
    for value in ("acct_1", "Ångström", "山田", "ann@example.org", "a b"):
        assert identity(value) == value


def test_different_control_characters_stay_apart() -> None:
    assert identity("a\x00b") == "a\\u0000b" != identity("a\x01b")


def test_record_ids() -> None:
    assert record_id_of("chatcmpl-0af7", b"x") == "chatcmpl-0af7"
    assert record_id_of("", b"x") == record_id_of(None, b"x") != record_id_of(None, b"y")
    assert record_id_of("sk-live-0123456789abcdefghij", b"x").startswith("key:")
    assert len(record_id_of("r" * 1_000, b"x")) == LONGEST
