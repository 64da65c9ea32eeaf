import io
import json
import logging
from collections.abc import Iterator

import pytest

from excise.errors import BadSetting
from excise.service import logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.set_up(lambda: 12.3456, stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def test_a_line_is_json_with_its_time(lines: io.StringIO) -> None:
    logs.log("started", pid=7, address=None)
    assert json.loads(lines.getvalue()) == {"at_s": 12.346, "level": "info", "event": "started", "pid": 7}


def test_only_listed_names_reach_a_line(lines: io.StringIO) -> None:
    with pytest.raises(ValueError, match="prompt"):
        logs.log("asked", prompt="words")
    assert lines.getvalue() == ""


def test_an_error_is_its_class_and_place_without_its_words(lines: io.StringIO) -> None:
    def fails() -> None:
        raise KeyError("the words of a customer")

    try:
        fails()
    except KeyError as error:
        logs.log_error("failed", error)
    logs.log_error("refused", BadSetting("s.toml: limits.body_bytes is 0"))
    first, second = map(json.loads, lines.getvalue().splitlines())
    assert first["error"] == "KeyError"
    assert "test_logs" not in first.get("text", "")
    assert "words of a customer" not in lines.getvalue()
    assert first["where"][-1].startswith("fails:")
    assert second["text"] == "s.toml: limits.body_bytes is 0"


def test_libraries_lose_their_arguments(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").warning("bad request from %s", "the words of a customer")
    assert "words of a customer" not in lines.getvalue()
    assert json.loads(lines.getvalue())["logger"] == "uvicorn.error"
