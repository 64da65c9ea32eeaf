from collections.abc import Callable

import pytest

from excise.errors import UnknownFormat
from excise.ingest.chunks import Chunk
from excise.ingest.sniffing import sniff

Lines = Callable[[str], list[bytes]]


def test_each_golden_log(format_name: str, golden: Lines, chunk: Callable[..., Chunk]) -> None:
    assert sniff(chunk(*golden(format_name))) == format_name


def test_damage_at_the_beginning_is_passed_over(
    format_name: str, golden: Lines, chunk: Callable[..., Chunk]
) -> None:
    damaged = [b"", b"\xff\xfe", b"{]", b"[1]", b"5", b"[" * 100_000]
    assert sniff(chunk(*damaged, *golden(format_name))) == format_name


def test_the_majority_counts(golden: Lines, chunk: Callable[..., Chunk]) -> None:
    assert sniff(chunk(*golden("kong")[:1], *golden("litellm"))) == "litellm"


def test_no_object_no_format(chunk: Callable[..., Chunk]) -> None:
    assert sniff(chunk(b"", b"[1]", b"x")) is None


def test_unknown_records_are_described_without_their_control_characters(chunk: Callable[..., Chunk]) -> None:
    with pytest.raises(UnknownFormat) as caught:
        sniff(chunk(b'{"a\\u001b[2J": 1, "' + b"x" * 500 + b'": 2}'))
    said = str(caught.value)
    assert "\x1b" not in said
    assert "a\\x1b[2J" in said
    assert "x" * 41 not in said
    assert "litellm" in said
