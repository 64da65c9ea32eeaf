"""The observation's columns: each says what it reveals, and none has room for a text."""

import pyarrow as pa

from excise.observation.schema import FIELDS, SCHEMA

CLEAR = {
    "source",
    "account",
    "organization",
    "end_user",
    "address",
    "client",
    "tls",
    "operation",
    "provider",
    "model",
    "outcome",
    "finish_reason",
    "error",
    "response_format",
    "reasoning",
}


def test_every_field_says_what_it_reveals_and_to_whom() -> None:
    assert [field.name for field in FIELDS] == SCHEMA.names
    assert len(set(SCHEMA.names)) == len(FIELDS)
    for field in FIELDS:
        assert field.reveals.startswith("anyone: ")


def test_text_columns_are_names_and_none_is_of_words() -> None:
    """A new column that can hold text has to be thought about, and named here."""
    assert {field.name for field in SCHEMA if pa.types.is_string(field.type)} == CLEAR


def test_what_words_leave_are_hashes_and_counts() -> None:
    for name in (
        "system",
        "prompt",
        "opening",
        "closing",
        "context",
        "reply",
        "tools",
        "signature",
        "session",
    ):
        assert SCHEMA.field(name).type == pa.uint64()
