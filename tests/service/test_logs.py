"""Lines of the log hold no words: fields are listed, and libraries' arguments are left out."""

import io
import json
import logging

import pytest

from excise.errors import BadSetting
from excise.service.logs import log, log_error, set_up


@pytest.fixture
def lines():
    root, stream = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    set_up(lambda: 5.0, stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)


def test_a_line_is_json_with_listed_fields(lines):
    log("listening", address="127.0.0.1:1")
    assert lines() == [{"at_s": 5.0, "level": "info", "event": "listening", "address": "127.0.0.1:1"}]
    with pytest.raises(ValueError, match="prompt"):
        log("captured", prompt="words of a customer")


def test_the_text_of_an_error_is_written_only_where_it_is_ours(lines):
    log_error("reading failed", BadSetting("name another with --settings"))
    log_error("it broke", KeyError("words of a customer"))
    logging.getLogger("library").warning("got %s", "words of a customer")
    ours, theirs, library = lines()
    assert ours["text"] == "name another with --settings"
    assert "text" not in theirs
    assert library["event"] == "got %s"
    assert "words of a customer" not in json.dumps(lines())
