"""The journal: every answer is on disk before it is used, so that none is ever paid twice.

``queries.jsonl`` starts with the hash of the protocol and then has one line a question. A line is written and
synced as soon as its answer is there. Whatever kills a run, the next one reads the lines back, drops a last
line that was cut off, and asks only what is not there yet.
"""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from excise.errors import BadTable
from excise.lineage.entries import Entry, Heading, Line, Question, Result, key_of
from excise.lineage.suspects import Access, Answered, Ask, Asked, NoAnswer, Scored, Suspect, SuspectSilent

_MOST_IN_A_ROW = 8
"""Questions in a row that a suspect may leave unanswered for reasons of the moment, before a run stops."""

_Question = TypeVar("_Question", Asked, Ask)


class _Down(Exception):
    """A suspect has left too many questions in a row unanswered."""


class Journal:
    """The file of all that was asked and answered under one protocol.

    Args:
        path: the file; made where there is none, together with its folder.
        protocol: the hash of the protocol.
        clock_s: the present, epoch seconds.

    Raises:
        BadTable: the file belongs to another protocol, or is no journal, or another run has it open.
    """

    def __init__(self, path: Path, protocol: str, clock_s: Callable[[], float]) -> None:
        self.path = path
        self._clock_s = clock_s
        self._results: dict[str, Result] = {}
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+b", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise BadTable(f"{path}: another run writes to it; wait for it to end") from None
        self._read_back(protocol)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def known(self, suspect: str, question: Question) -> Result | None:
        """Return a result that is there already."""
        return self._results.get(key_of(suspect, question))

    def count(self, suspect: str) -> int:
        """Return how many questions to a suspect have a result."""
        return self._counts.get(suspect, 0)

    def keep(self, suspect: str, answered: Sequence[tuple[Question, Result]]) -> None:
        """Write results that came together, and wait until the disk has them."""
        at_s = self._clock_s()
        entries = [Entry(suspect=suspect, question=one, result=said, at_s=at_s) for one, said in answered]
        with self._lock:
            self._write(*entries)
            for entry in entries:
                self._take(entry)

    def _write(self, *lines: Line) -> None:
        data = memoryview(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        while data:
            data = data[self._file.write(data) :]
        os.fsync(self._file.fileno())

    def _take(self, line: Line) -> None:
        if isinstance(line, Entry):
            self._results[key_of(line.suspect, line.question)] = line.result
            self._counts[line.suspect] = self._counts.get(line.suspect, 0) + 1

    def _read_back(self, protocol: str) -> None:
        heading, whole = None, 0
        for number, line in enumerate(self._lines(), 1):
            if not line.endswith(b"\n"):
                break  # cut off while it was written: its answer was never used
            try:
                found = msgspec.json.decode(line, type=Line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                self._file.close()
                raise BadTable(
                    f"{self.path}:{number}: {error}; this is not the journal that a run wrote. "
                    "Restore it, or start a new finding with another --out"
                ) from None
            if number == 1:
                heading = found
            self._take(found)
            whole += len(line)
        if heading is None:
            self._file.truncate(0)
            self._write(Heading(protocol=protocol))
            return
        if not isinstance(heading, Heading) or heading.protocol != protocol:
            self._file.close()
            raise BadTable(
                f"{self.path} was begun under another protocol; its answers would not be this one's. "
                "Take another --out"
            )
        self._file.truncate(whole)

    def _lines(self) -> Iterator[bytes]:
        with self.path.open("rb") as lines:
            yield from lines


class Journaled(Suspect):
    """A suspect whose answers go through a journal. It is asked like any other.

    Args:
        suspect: who is asked.
        journal: where the answers are kept.
    """

    def __init__(self, suspect: Suspect, journal: Journal) -> None:
        super().__init__(suspect.where, suspect.terms)
        self._suspect = suspect
        self._journal = journal
        self._in_a_row = 0
        self.per_call = suspect.per_call
        self.parallel = suspect.parallel

    @property
    def name(self) -> str:
        """The suspect's own."""
        return self._suspect.name

    @property
    def access(self) -> frozenset[Access]:
        """The suspect's own."""
        return self._suspect.access

    @property
    def identity(self) -> str:
        """The suspect's own."""
        return self._suspect.identity

    @property
    def way(self) -> str:
        """The suspect's own."""
        return self._suspect.way

    def close(self) -> None:
        """Close the suspect; the journal is its owner's."""
        self._suspect.close()

    @property
    def asked(self) -> int:
        """How many questions were answered so far, those of earlier runs included."""
        return self._journal.count(self.name)

    def token_log_likelihoods(self, asked: Sequence[Asked]) -> list[Scored | NoAnswer]:
        """Ask what the journal does not hold yet.

        Raises:
            SuspectSilent: the suspect does not answer any more.
        """
        found = self._through(asked, self._suspect.token_log_likelihoods)
        return [one if isinstance(one, Scored | NoAnswer) else _odd() for one in found]

    def answers(self, asked: Sequence[Ask]) -> list[Answered | NoAnswer]:
        """Ask what the journal does not hold yet; raises as ``token_log_likelihoods`` does."""
        found = self._through(asked, self._suspect.answers)
        return [one if isinstance(one, Answered | NoAnswer) else _odd() for one in found]

    def _through(
        self,
        asked: Sequence[_Question],
        ask: Callable[[Sequence[_Question]], Sequence[Result]],
    ) -> list[Result]:
        fresh = list(
            {
                key_of(self.name, one): one for one in asked if self._journal.known(self.name, one) is None
            }.values()
        )
        size = max(self._suspect.per_call, 1)
        calls = [fresh[at : at + size] for at in range(0, len(fresh), size)]
        passing: dict[str, NoAnswer] = {}
        try:
            for settled in _each(calls, partial(self._settle, ask), self._suspect.parallel):
                passing.update(settled)
        except _Down as down:
            self._in_a_row = 0  # who asks again does not ask in vain
            raise SuspectSilent(
                f"{self.name} does not answer{down}. The {self.asked:,} answers so far are kept; "
                "the same command goes on from there"
            ) from None
        return [self._journal.known(self.name, one) or passing[key_of(self.name, one)] for one in asked]

    def _settle(
        self,
        ask: Callable[[Sequence[_Question]], Sequence[Result]],
        questions: Sequence[_Question],
    ) -> dict[str, NoAnswer]:
        """Ask, keep what came, and return what may come another time. Runs in the thread that paid."""
        if self._in_a_row >= _MOST_IN_A_ROW:
            raise _Down
        passing: dict[str, NoAnswer] = {}
        kept: list[tuple[Question, Result]] = []
        for one, said in zip(questions, ask(questions), strict=True):
            result = _sound(one, said)
            if isinstance(result, NoAnswer) and not result.lasting:
                passing[key_of(self.name, one)] = result
                self._in_a_row += 1
            else:
                self._in_a_row = 0
                kept.append((one, result))
        if kept:
            self._journal.keep(self.name, kept)
        if passing and self._in_a_row >= _MOST_IN_A_ROW:
            raise _Down(f": {next(reversed(passing.values())).why}")
        return passing


def _each(
    calls: Sequence[Sequence[_Question]],
    settle: Callable[[Sequence[_Question]], dict[str, NoAnswer]],
    parallel: int,
) -> Iterator[dict[str, NoAnswer]]:
    """Make the calls, some at a time. Whoever stops waits for those under way: they are paid, and kept."""
    if parallel <= 1 or len(calls) <= 1:
        yield from map(settle, calls)
        return
    with ThreadPoolExecutor(parallel) as pool:
        try:
            yield from pool.map(settle, calls)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _sound(question: Question, result: Result) -> Result:
    """Return a result that can be used: what is empty or does not fit its question is none."""
    if isinstance(result, Answered) and not result.text.strip():
        return NoAnswer("an empty reply")
    if isinstance(question, Asked) and isinstance(result, Scored):
        if len(result.tokens) != len(result.nats) or "".join(result.tokens) != question.reply:
            return NoAnswer("its tokens do not spell the reply")
        if not result.tokens:
            return NoAnswer("the reply has no tokens")
    return result


def _odd() -> NoAnswer:
    return NoAnswer("an answer to another kind of question")
