"""Figures: one file a figure. A Portrait (one campaign) or the Findings (the whole scan) becomes a picture.

A member is a class without state. The same member serves the page, the console and notebooks:

    >>> from excise.open_folder import members
    >>> sorted(members("excise.report.figures", Figure))
    ['overview', 'ties', 'timeline', 'waterfall']

Each figure says the same thing three times: as a picture (``draw``), as a table (``table``) for who cannot
see or run the picture, and in a sentence (``says``) that is its text alternative and its caption.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

import plotly.graph_objects as go

from excise.report.findings import Findings, Portrait
from excise.report.table import Table

Subject = TypeVar("Subject", Findings, Portrait)


class Figure(ABC, Generic[Subject]):
    """A picture of one kind of record, and the table of the same facts."""

    title: ClassVar[str]
    """What the figure answers, in a few words."""

    subject: ClassVar[type]
    """``Findings`` or ``Portrait``: what it is drawn from, and so where a page shows it."""

    place: ClassVar[int]
    """Where it stands among the figures of its subject: smaller comes first."""

    folded: ClassVar[bool] = True
    """Whether a page may fold its table away."""

    @abstractmethod
    def draw(self, subject: Subject) -> go.Figure:
        """Return the picture, in the light colors of ``palette``; the same for the same subject."""

    @abstractmethod
    def table(self, subject: Subject) -> Table:
        """Return the facts of the picture as a table."""

    @abstractmethod
    def says(self, subject: Subject) -> str:
        """Return what the picture shows in words, with its numbers, and what it leaves out."""

    def absent(self, subject: Subject) -> str | None:  # noqa: ARG002 (a figure that can always be drawn has no use for it)
        """Return why there is nothing to draw, None where there is something."""
        return None
