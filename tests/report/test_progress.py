"""How far a scan is: the bar on a terminal; elsewhere the first few things that were set aside."""

import io
from types import SimpleNamespace

import pytest

from excise.ingest.chunks import Reject
from excise.ingest.decoding import Notice
from excise.report.progress import Bar, Watcher, now_s
from excise.store.intake import Taken
from excise.store.rows import BadRow


class Terminal(io.StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def reject(line: int, reason: str = "it is no JSON") -> Reject:
    return Reject(file="log.jsonl", line=line, offset=0, reason=reason)


@pytest.fixture
def shown(monkeypatch):
    """Returns what a bar writes to a standard error of some kind while it is told things."""

    def show(tell, error):
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "100")
        monkeypatch.setattr("sys.stderr", error)
        with Bar() as bar:
            tell(bar)
        return error.getvalue()

    return show


def journey(bar):
    bar.reading(Taken(read=12_345, bytes_read=50, bytes_total=200))
    bar._progress.refresh()
    bar.judging("weighing pairs of accounts")
    bar._progress.refresh()
    bar.replaying(3, 7)
    bar._progress.refresh()


def test_a_terminal_shows_each_step(shown):
    said = shown(journey, Terminal())
    for what in ("reading", "12,345 exchanges", "weighing pairs of accounts", "replaying", "3 of 7"):
        assert what in said


def test_a_file_gets_no_bar(shown):
    assert shown(journey, io.StringIO()) == ""


def test_a_stream_without_an_end_has_no_total(shown):
    assert "5 exchanges" in shown(
        lambda bar: bar.reading(Taken(read=5, bytes_read=50)) or bar._progress.refresh(), Terminal()
    )


def test_the_first_few_rejects_are_shown_and_all_are_kept(shown):
    bars = []

    def tell(bar):
        bars.append(bar)
        for line in range(1, 9):
            bar.reject(reject(line))

    said = shown(tell, io.StringIO()).splitlines()
    assert said == [
        *(f"log.jsonl:{n}: set aside: it is no JSON" for n in range(1, 6)),
        "... and more rejected lines",
    ]
    assert [one.line for one in bars[0].rejects] == list(range(1, 9))


def test_kinds_are_counted_apart(shown):
    def tell(bar):
        for n in range(6):
            bar.notice(Notice(file="a.jsonl", offset=0, text=f"odd {n}"))
        bar.bad_row(BadRow("accounts.csv", 7, "created_at", "is no moment"))

    said = shown(tell, io.StringIO()).splitlines()
    assert said[4:] == [
        "a.jsonl: odd 4",
        "... and more notices",
        "accounts.csv:7, created_at: set aside: it is no moment",
    ]


@pytest.mark.parametrize("reason", ["not a JSON object", "it has 3 fields, and the header 2"])
def test_a_row_without_a_field_is_a_sentence_too(shown, reason):
    said = shown(lambda bar: bar.bad_row(BadRow("accounts.csv", 7, None, reason)), io.StringIO())
    assert said == f"accounts.csv:7: set aside: {reason}\n"


def test_what_a_log_holds_commands_no_terminal(shown):
    evil = reject(1, "\x1b[31mred\x1b[0m [bold]markup[/bold] \u202eback")
    said = shown(lambda bar: bar.reject(evil), Terminal())
    assert "\x1b[31m" not in said
    assert "\u202e" not in said
    assert "[bold]markup[/bold]" in said


def test_a_plain_watcher_takes_everything_and_does_nothing():
    watcher = Watcher()
    watcher.reading(Taken())
    watcher.judging("")
    watcher.replaying(0, 1)
    watcher.reject(reject(1))
    watcher.notice(Notice(file="", offset=0, text=""))
    watcher.bad_row(BadRow("", 1, None, ""))
    assert vars(watcher) == {}


def test_now_is_taken_from_the_clock(monkeypatch):
    monkeypatch.setattr("excise.report.progress.time", SimpleNamespace(time=lambda: 5.0))
    assert now_s() == 5.0
