"""How far a scan is: what it tells whoever watches, and the bar that a terminal shows."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from excise.ingest.chunks import Reject
from excise.ingest.decoding import Notice
from excise.report.legible import legible

if TYPE_CHECKING:  # the service reads the clock here, and does without the engine
    from excise.store.intake import Taken
    from excise.store.rows import BadRow

_MOST_SHOWN = 5


def line(console: Console) -> Progress:
    """Return the line that moves: what is done, a bar, a figure (a field of the task), the time it takes.

    It shows nothing where standard error is no terminal.
    """
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[figure]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not sys.stderr.isatty(),
    )


class Watcher:
    """Is told how far a scan is; every method does nothing, so that a subclass shows what it likes."""

    def reading(self, taken: "Taken") -> None:
        """Tell how much has been read."""

    def judging(self, step: str) -> None:
        """Tell what is worked on now."""

    def replaying(self, done: int, of: int) -> None:
        """Tell how much of a replay is done."""

    def reject(self, line: Reject) -> None:
        """Tell of a line that could not be read."""

    def notice(self, notice: Notice) -> None:
        """Tell of something odd about a file."""

    def bad_row(self, row: "BadRow") -> None:
        """Tell of a row of the directory, the networks or the releases that could not be read."""


class Bar(Watcher):
    """A progress bar on standard error, and the first few things that were set aside.

    Where standard error is no terminal, only what was set aside is printed.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._progress = line(self._console)
        self._task: TaskID | None = None
        self._said: dict[str, int] = {}
        self.rejects: list[Reject] = []

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def reading(self, taken: "Taken") -> None:
        """Show bytes read of all, and exchanges."""
        self._show("reading", taken.bytes_read, taken.bytes_total, f"{taken.read:,} exchanges")

    def judging(self, step: str) -> None:
        """Show the step."""
        self._show(step, None, None, "")

    def replaying(self, done: int, of: int) -> None:
        """Show how many moments of a replay are done."""
        self._show("replaying", done, of, f"{done} of {of}")

    def reject(self, line: Reject) -> None:
        """Keep a rejected line for the report, and show the first few."""
        self.rejects.append(line)
        self._say("rejected lines", f"{line.file}:{line.line}: set aside: {line.reason}")

    def notice(self, notice: Notice) -> None:
        """Show a notice."""
        self._say("notices", f"{notice.file}: {notice.text}")

    def bad_row(self, row: "BadRow") -> None:
        """Show a bad row."""
        # The reason goes on from the field's name; that of a whole row is a sentence of its own.
        where, why = (f", {row.field}", f"it {row.reason}") if row.field else ("", row.reason)
        self._say("bad rows", f"{row.file}:{row.line}{where}: set aside: {why}")

    def _show(self, step: str, done: float | None, total: float | None, figure: str) -> None:
        if self._task is None:
            self._task = self._progress.add_task(step, figure=figure)
        self._progress.update(self._task, description=step, completed=done or 0, total=total, figure=figure)

    def _say(self, kind: str, text: str) -> None:
        count = self._said[kind] = self._said.get(kind, 0) + 1
        if count <= _MOST_SHOWN:
            # Where no terminal is, a line is whole, for whatever reads it next.
            self._console.print(legible(text), markup=False, soft_wrap=not self._console.is_terminal)
        elif count == _MOST_SHOWN + 1:
            self._console.print(f"... and more {kind}", markup=False)


def now_s() -> float:
    """Return the present, epoch seconds: the one place from which a command takes it."""
    return time.time()  # noqa: TID251 - commands need a clock; everything below them is given one
