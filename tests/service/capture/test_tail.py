"""Following files: what is written is delivered once, whatever happens to the files."""

import asyncio
import json
from pathlib import Path

import pytest

from excise.service.capture import tail
from excise.service.capture.client import Busy
from excise.service.capture.delivery import Counts, Delivery, Reply
from excise.service.capture.tail import Tails
from excise.service.settings import Tail


class Taking:
    """Stands where capture stands: keeps lines, and refuses as often as it is told."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.deliveries: list[Delivery] = []
        self.busy = 0

    async def deliver(self, delivery: Delivery) -> Reply:
        if self.busy:
            self.busy -= 1
            raise Busy("no", retry_after_s=0.0, overload=True)
        self.deliveries.append(delivery)
        self.lines += delivery.body.splitlines()
        return Reply(0, 200, b"", Counts())


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "gateway.jsonl"


@pytest.fixture
def taking() -> Taking:
    return Taking()


def tails(
    log: Path, taking: Taking, *, format_name: str | None = "litellm", pattern: str | None = None
) -> Tails:
    log.parent.mkdir(exist_ok=True)
    one = Tail(path=pattern or str(log), format=format_name)
    places = log.parent.parent / "tail.json"
    return Tails([one], places, taking, key=bytes(32))  # type: ignore[arg-type]


def turned(following: Tails, times: int = 1) -> None:
    async def turn() -> None:
        for _ in range(times):
            while await following.turn():
                pass

    asyncio.run(turn())


def wrote(log: Path, *lines: str, mode: str = "a") -> None:
    with log.open(mode, newline="") as out:
        out.write("".join(lines))


def test_lines_are_delivered_as_they_come_and_half_a_line_waits(log: Path, taking: Taking) -> None:
    following = tails(log, taking)
    turned(following)
    wrote(log, '{"a":1}\n{"b"')
    turned(following)
    assert taking.lines == [b'{"a":1}']
    wrote(log, ":2}\n")
    turned(following)
    assert taking.lines == [b'{"a":1}', b'{"b":2}']
    assert taking.deliveries[0].format_name == taking.deliveries[0].source == "litellm"


def test_a_restart_goes_on_where_it_was(log: Path, taking: Taking) -> None:
    first = tails(log, taking)
    wrote(log, '{"a":1}\n')
    turned(first)
    asyncio.run(first.stop())
    wrote(log, '{"b":2}\n')
    turned(tails(log, taking))
    assert taking.lines == [b'{"a":1}', b'{"b":2}']


def test_rotation_loses_nothing(log: Path, taking: Taking) -> None:
    following = tails(log, taking)
    wrote(log, '{"a":1}\n')
    turned(following)
    log.rename(log.with_suffix(".1"))
    wrote(log.with_suffix(".1"), '{"late":1}\n')
    wrote(log, '{"b":2}\n')
    turned(following)
    wrote(log.with_suffix(".1"), '{"later":1}\n')
    turned(following)
    assert sorted(taking.lines) == sorted([b'{"a":1}', b'{"late":1}', b'{"b":2}', b'{"later":1}'])


def test_rotation_while_it_was_down_loses_nothing(log: Path, taking: Taking) -> None:
    first = tails(log, taking)
    wrote(log, '{"a":1}\n')
    turned(first)
    asyncio.run(first.stop())
    wrote(log, '{"rest":1}\n')
    log.rename(log.with_suffix(".1"))
    wrote(log, '{"b":2}\n')
    turned(tails(log, taking))
    assert sorted(taking.lines) == sorted([b'{"a":1}', b'{"rest":1}', b'{"b":2}'])


def test_truncation_begins_anew(log: Path, taking: Taking) -> None:
    following = tails(log, taking)
    wrote(log, '{"a":1}\n{"b":2}\n')
    turned(following)
    wrote(log, '{"c":3}\n', mode="w")
    turned(following)
    wrote(log, '{"another file, longer than the first was":4, "and more":5}\n', mode="w")
    turned(following)
    assert [next(iter(json.loads(line))) for line in taking.lines] == [
        "a",
        "b",
        "c",
        "another file, longer than the first was",
    ]


def test_a_line_that_is_too_long_is_passed(
    log: Path, taking: Taking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "_PORTION_BYTES", 64)
    monkeypatch.setattr(tail, "_LONGEST_LINE", 256)
    following = tails(log, taking)
    wrote(log, '{"a":1}\n', '{"long":"' + "x" * 1000 + '"}\n', '{"b":2}\n')
    turned(following, 3)
    assert taking.lines == [b'{"a":1}', b'{"b":2}']


def test_a_pattern_follows_files_that_come_later(log: Path, taking: Taking) -> None:
    following = tails(log, taking, pattern=str(log.parent / "*.jsonl"))
    wrote(log, '{"a":1}\n')
    turned(following)
    wrote(log.with_name("second.jsonl"), '{"b":2}\n')
    turned(following)
    assert sorted(taking.lines) == [b'{"a":1}', b'{"b":2}']


def test_a_format_is_told_from_the_lines(log: Path, taking: Taking, sent) -> None:
    following = tails(log, taking, format_name=None)
    wrote(log, sent(1).decode() + "\n")
    turned(following)
    assert taking.deliveries[0].format_name == "litellm"
    other = log.with_name("x.jsonl")
    following = tails(other, taking, format_name=None)
    wrote(other, '{"greeting": "hello"}\n')
    turned(following)
    assert len(taking.deliveries) == 1


def test_what_is_refused_is_sent_again_and_its_place_is_not_written_down_before(
    log: Path, taking: Taking
) -> None:
    taking.busy = 3
    following = tails(log, taking)
    wrote(log, '{"a":1}\n')
    turned(following)
    assert taking.lines == [b'{"a":1}']
    assert taking.busy == 0


def test_no_words_are_written_down(log: Path, taking: Taking) -> None:
    following = tails(log, taking)
    wrote(log, '{"planted":"words"}\n')
    turned(following)
    assert b"planted" not in (log.parent.parent / "tail.json").read_bytes()
