from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.errors import UnknownMember
from excise.ingest.chunks import Chunk, Reject
from excise.ingest.decoding import decode, format_of

LINE = (
    b'{"id":"a","call_type":"acompletion","startTime":1759708800.0,"metadata":{"user_api_key_user_id":"ann"}}'
)
Chunked = Callable[..., Chunk]


def test_lines_are_counted_once_each(chunk: Chunked) -> None:
    found = decode(chunk(LINE, b"", b"  \r", b"{]", LINE, b'{"id": 5}'), "litellm")
    assert (found.lines, found.read, found.skipped, len(found.rejects), found.unfinished) == (4, 2, 0, 2, 0)
    assert len(found.exchanges) == 2


@given(st.lists(st.sampled_from([LINE, b"{]", b"", b" ", b"\r", b"\t \x0b\x0c"]), max_size=12), st.booleans())
def test_numbers_and_places_are_true_among_blank_lines(lines: list[bytes], ends: object) -> None:
    data = b"\n".join(lines) + (b"\n" if ends else b"")
    found = decode(Chunk(file="log", data=data, first_line=7, offset=1_000), "litellm")
    expected = [
        (7 + index, 1_000 + len(b"".join(one + b"\n" for one in lines[:index])))
        for index, line in enumerate(lines)
        if line == b"{]"
    ]
    assert [(one.line, one.offset) for one in found.rejects] == expected
    assert found.read == lines.count(LINE)
    assert found.lines == found.read + len(found.rejects)


def test_a_reject_says_where(chunk: Chunked) -> None:
    (reject,) = decode(chunk(LINE, b"\xc3\x28{", LINE, first_line=10, offset=1_000), "litellm").rejects
    assert reject == Reject("log", 11, 1_000 + len(LINE) + 1, "not JSON: invalid character (byte 0)")


def test_carriage_returns_are_no_matter(chunk: Chunked) -> None:
    assert decode(chunk(LINE + b"\r", b"\r"), "litellm").read == 1


@pytest.mark.parametrize("cut", [1, 20, len(LINE) - 1])
def test_a_last_line_that_breaks_off_waits(cut: int) -> None:
    found = decode(Chunk(file="log", data=LINE + b"\n" + LINE[:cut], ends_open=True), "litellm")
    assert (found.lines, found.read, len(found.rejects), found.unfinished) == (2, 1, 0, 1)


def test_a_last_line_that_is_whole_is_read_or_rejected() -> None:
    assert decode(Chunk(file="log", data=LINE, ends_open=True), "litellm").read == 1
    for whole in (b'{"id": 5}', b"[" * 100_000 + b"]" * 100_000):
        found = decode(Chunk(file="log", data=whole, ends_open=True), "litellm")
        assert (len(found.rejects), found.unfinished) == (1, 0)


def test_a_line_that_breaks_off_before_a_line_break_is_rejected() -> None:
    found = decode(Chunk(file="log", data=LINE[:20] + b"\n", ends_open=False), "litellm")
    assert (len(found.rejects), found.unfinished) == (1, 0)


def test_too_long_lines(chunk: Chunked) -> None:
    found = decode(chunk(LINE, LINE + b" " * 100, max_line_bytes=len(LINE)), "litellm")
    assert found.rejects[0].reason == f"the line has {len(LINE) + 100} bytes; at most {len(LINE)} are read"
    assert found.read == 1


def test_rejects_and_notice_of_the_chunk_are_passed_on() -> None:
    held = Reject("log", 2, 0, "too long")
    found = decode(Chunk(file="log", data=LINE, rejects=(held,), notice="ends early"), "litellm")
    assert held in found.rejects
    assert found.lines == 2
    assert [(one.file, one.offset, one.text) for one in found.notices] == [("log", len(LINE), "ends early")]


def test_what_starts_after_the_present_is_rejected(chunk: Chunked) -> None:
    assert not decode(chunk(LINE), "litellm", latest_s=1759708800.0).rejects
    assert not decode(chunk(LINE), "litellm", latest_s=1759708800.0 - 86_400).rejects
    (reject,) = decode(chunk(LINE), "litellm", latest_s=1759708800.0 - 2 * 86_400).rejects
    assert reject.reason == "the record starts 2.0 days after the present"


def test_exchanges_without_account_are_counted(chunk: Chunked) -> None:
    assert decode(chunk(LINE), "litellm").without_account == 0
    assert decode(chunk(LINE), "litellm", account_field="team").without_account == 1


def test_a_batch_line_keeps_its_good_records_and_is_rejected_for_the_bad(chunk: Chunked) -> None:
    good = b'{"id":"o1","type":"GENERATION","traceId":"t","startTime":"2025-10-06T00:00:00Z"}'
    bad = b'{"id":"o2","type":"GENERATION","traceId":"t","startTime":"never"}'
    found = decode(chunk(b'{"data":[' + bad + b"," + good + b"]}"), "langfuse")
    assert [one.record_id for one in found.exchanges] == ["o1"]
    assert [one.reason for one in found.rejects] == [
        "1 of 2 observations: startTime: 'never' is no time; ISO 8601 and epoch numbers are read"
    ]
    assert found.lines == 1


def test_nothing_shows_the_format(chunk: Chunked) -> None:
    assert decode(chunk(LINE), None).rejects[0].reason == "nothing in the file shows what format it has"


def test_unknown_format_names_the_nearest() -> None:
    with pytest.raises(UnknownMember, match="did you mean 'litellm'"):
        format_of("litelm")
