import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.errors import Unreadable
from excise.ingest.typed import converted, decoded

ANY = msgspec.json.Decoder(object)
TEXT = msgspec.json.Decoder(str)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "not JSON: input data was truncated"),
        (b"{]", "not JSON: object keys must be strings (byte 1)"),
        (b'"\xff"', "not UTF-8: invalid start byte"),
        (b"[" * 100_000, "nested too deeply"),
        (b"NaN", "not JSON: invalid character (byte 0)"),
        (b"1e999", "record: number out of range"),
        (b"1" * 5_000, "record: integer value out of range"),
    ],
)
def test_reasons(line: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        decoded(ANY, line)
    assert str(caught.value) == reason


@given(st.text(max_size=50))
def test_text_survives(text: str) -> None:
    assert decoded(TEXT, msgspec.json.encode(text)) == text


@given(
    st.lists(
        st.sampled_from([r"\ud800", r"\udfff", r"\ud83d\ude00", r"\\", r"\\ud800", "a", r"\n", r"\u0000"]),
        max_size=8,
    )
)
def test_half_pairs_are_mended_and_nothing_else(parts: list[str]) -> None:
    line = ('"' + "".join(parts) + '"').encode()
    text = decoded(TEXT, line)
    text.encode()  # which half a pair would not let it
    expected = json.loads(line)
    assert len(text) == len(expected)
    for ours, theirs in zip(text, expected, strict=True):
        assert ours == (theirs if not 0xD800 <= ord(theirs) < 0xE000 else "\ufffd")


def test_conversion_names_the_field_under_its_holder() -> None:
    with pytest.raises(Unreadable, match=r"^metadata: expected `object`, got `int`$"):
        converted(5, dict[str, int], "metadata")
