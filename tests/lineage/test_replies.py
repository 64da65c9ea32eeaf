"""Replies are read from JSON lines, and what cannot be read is named with its row and field."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.errors import BadTable
from excise.lineage import replies as module
from excise.lineage.replies import Message, Sampling, read_prompts, read_replies


def written(folder: Path, *lines: object) -> Path:
    path = folder / "replies.jsonl"
    rows = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path.write_bytes(b"\n".join(rows) + b"\n")
    return path


def test_everything_that_can_be_said_is_read(tmp_path: Path) -> None:
    line = {
        "id": 17,
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Rust?"}],
        "reply": "An oxide.",
        "parameters": {"temperature": 1, "top_k": 40.0, "stop": ["\n"], "min_p": None, "a": 1},
        "model": "m",
        "model_version": "v",
        "campaign": "c",
        "served_at_s": 5,
        "published": False,
        "draw": 2,
        "whatever": {"else": 1},
    }
    (reply,), rejects = read_replies(written(tmp_path, line))
    assert not rejects
    assert reply.id == "17"
    assert reply.messages == (Message("system", "Be brief."), Message("user", "Rust?"))
    assert reply.parameters == Sampling(temperature=1.0, top_k=40, more='{"a":1,"stop":["\\n"]}')
    assert (reply.model, reply.model_version, reply.campaign, reply.draw) == ("m", "v", "c", 2)
    assert (reply.served_at_s, reply.published) == (5.0, False)


GOOD = {"prompt": "Hi", "reply": "Hello."}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{", "truncated"),
        (b'{"prompt": "\xff", "reply": "x"}', "UTF-8"),
        (b'{"other": ' + b"[" * 3000, "recursion"),
        ({"reply": "x"}, "'prompt' or 'messages' is missing"),
        ({"prompt": "x"}, "'reply' is missing"),
        ({"prompt": "x", "reply": " "}, "'reply' is empty"),
        ({"prompt": "x", "reply": 3}, "$.reply"),
        ({"messages": [], "reply": "x"}, "'messages' holds 0"),
        ({"messages": [{"role": "user"}], "reply": "x"}, "content"),
        ({"prompt": "x", "messages": [{"role": "u", "content": "x"}], "reply": "x"}, "both"),
        ({**GOOD, "parameters": {"temperature": "hot"}}, "'parameters.temperature'"),
        ({**GOOD, "parameters": {"top_k": 1.5}}, "'parameters.top_k'"),
        ({**GOOD, "parameters": {"seed": True}}, "'parameters.seed'"),
        ({**GOOD, "id": "row 3"}, "'id' begins with"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path, line: object, why: str) -> None:
    found, (reject,) = read_replies(written(tmp_path, GOOD, line, GOOD))
    assert [reply.row for reply in found] == [1, 3]
    assert reject.row == 2
    assert why.lower() in reject.why.lower()


def test_a_huge_line_is_set_aside_without_being_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LINE_BYTES", 100)
    found, (reject,) = read_replies(written(tmp_path, GOOD, {**GOOD, "reply": "x" * 1000}, GOOD))
    assert [reply.row for reply in found] == [1, 3]
    assert (reject.row, reject.why) == (2, "the line is longer than 100 bytes")


def test_empty_lines_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), b"", GOOD)
    found, rejects = read_replies(path)
    assert [reply.row for reply in found] == [1, 3]
    assert not rejects


def test_a_file_without_replies_is_an_error_that_says_why(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="row 1: field 'reply' is missing"):
        read_replies(written(tmp_path, {"prompt": "x"}))
    with pytest.raises(BadTable, match="it is empty"):
        read_replies(written(tmp_path))
    with pytest.raises(BadTable, match="No such file"):
        read_replies(tmp_path / "none")


def test_prompts_are_read_with_replies_or_without(tmp_path: Path) -> None:
    found, (reject,) = read_prompts(written(tmp_path, {"id": "a", "prompt": "x"}, GOOD, {"reply": "x"}))
    assert [(one.row, one.id, one.messages[0].content) for one in found] == [(1, "a", "x"), (2, "", "Hi")]
    assert reject.row == 3


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    folder = tmp_path_factory.mktemp("noise")
    found, _ = read_replies(written(folder, GOOD, noise))
    assert found[0].reply == "Hello."
