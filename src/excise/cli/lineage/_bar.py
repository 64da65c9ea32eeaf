"""The bar of a lineage test: how many questions are asked, and how the evidence grows."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import TaskID

from excise.lineage.asking import Moment
from excise.report import quantities
from excise.report.progress import line


class Bar:
    """Shows bits against questions on standard error; shows nothing where that is no terminal."""

    def __init__(self, stop_at_bits: float) -> None:
        self._stop_at_bits = stop_at_bits
        self._progress = line(Console(stderr=True, highlight=False))
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, moment: Moment) -> None:
        """Show a moment."""
        text = figure(moment, self._stop_at_bits)
        if self._task is None:
            self._task = self._progress.add_task("asking", total=moment.of_steps, figure=text)
        self._progress.update(self._task, completed=moment.steps, figure=text)


def figure(moment: Moment, stop_at_bits: float) -> str:
    """Return a moment in words.

    >>> figure(Moment(steps=5, of_steps=9, asked=10, bits=3.25, control_bits=None), 40)
    '10 questions, 3.2 of 40 bits'
    """
    asked = f"{quantities.count(moment.asked)} questions"
    if moment.bits is None:
        return asked
    text = f"{asked}, {quantities.bits(moment.bits)} of {stop_at_bits:g} bits"
    if moment.control_bits is None:
        return text
    return f"{text}, controls at most {quantities.bits(moment.control_bits)}"
