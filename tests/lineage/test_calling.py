import time
from datetime import timedelta
from email.utils import format_datetime, formatdate, parsedate_to_datetime

import pytest
from msgspec import Struct

from excise.lineage.calling import Caller, Refused
from excise.lineage.suspects import NoAnswer, SuspectSilent, Terms


class Said(Struct):
    choices: list[dict[str, object]]


BODY = {"model": "m", "prompt": "the fox", "max_tokens": 1}


@pytest.fixture
def call(endpoint):
    """Calls the endpoint once; the waits it would have made are in ``call.waits``."""
    made = []

    def once(**terms):
        call_waits = []
        caller = Caller(
            endpoint.url, Terms(**{"timeout_s": 2.0, "tries": 4, **terms}), wait=call_waits.append
        )
        made.append(caller)
        once.waits = call_waits
        return caller.post("/completions", BODY, Said)

    yield once
    for caller in made:
        caller.close()


def test_trouble_of_the_moment_is_waited_out(endpoint, call):
    endpoint.trouble = lambda n, *_: ("status", (500, 503, 502)[n]) if n < 3 else None
    assert isinstance(call(), Said)
    assert call.waits == [1.0, 2.0, 4.0]


def test_the_server_is_obeyed_when_it_says_how_long(endpoint, call):
    endpoint.trouble = lambda n, *_: ("retry-after", ("7", "0.5")[n]) if n < 2 else None
    assert isinstance(call(), Said)
    assert call.waits == [7.0, 0.5]


def test_a_date_is_read_by_the_servers_own_clock(endpoint, call):
    def trouble(n, *_):
        later = parsedate_to_datetime(formatdate(usegmt=True)) + timedelta(seconds=100)
        return ("retry-after", format_datetime(later, usegmt=True)) if n == 0 else None

    endpoint.trouble = trouble
    assert isinstance(call(), Said)
    assert call.waits == [pytest.approx(100, abs=3)]


@pytest.mark.parametrize("said", ["1e9", "-5", "nan", "soon", "Wed, 21 Oct 2015 07:28:00 GMT", ""])
def test_what_a_server_says_is_not_believed_blindly(endpoint, call, said):
    endpoint.trouble = lambda n, *_: ("retry-after", said) if n == 0 else None
    assert isinstance(call(), Said)
    assert call.waits == [1.0]


def test_a_connection_that_is_cut_is_made_again(endpoint, call):
    endpoint.trouble = lambda n, *_: ("cut", None) if n < 2 else None
    assert isinstance(call(), Said)
    assert len(endpoint.asked) == 3


@pytest.mark.parametrize("kind", ["stall", "drip"])
def test_a_stall_ends(endpoint, call, kind):
    endpoint.trouble = lambda n, *_: (kind, 2.5) if n == 0 else None
    began = time.monotonic()
    assert isinstance(call(timeout_s=0.5), Said)
    assert time.monotonic() - began < 2.4


def test_who_never_answers_may_be_asked_another_day(endpoint, call):
    endpoint.trouble = lambda *_: ("status", 500)
    assert call() == NoAnswer("it answers 500, 4 times", lasting=False)
    assert len(endpoint.asked) == 4


def test_a_refusal_is_told_at_once(endpoint, call):
    endpoint.trouble = lambda *_: ("status", 404)
    assert call() == Refused(404, "busy")
    endpoint.trouble = lambda *_: ("status", 307)
    assert call() == Refused(307, "busy")
    endpoint.trouble = lambda *_: ("status", 403)
    with pytest.raises(SuspectSilent, match="OPENAI_API_KEY"):
        call()


def test_what_is_too_long_is_not_read_to_the_end(endpoint, call):
    endpoint.trouble = lambda *_: ("body", b" " * 3_000_000)
    assert call(most_reply_bytes=100_000) == NoAnswer("it sent more than 100,000 bytes")
    assert len(endpoint.asked) == 1


def test_an_address_that_is_none_is_told():
    caller = Caller("gopher://x", Terms())
    with pytest.raises(SuspectSilent, match="say http://"):
        caller.post("/completions", BODY, Said)
    caller.close()
