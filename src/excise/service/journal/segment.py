"""Segments: files of groups, numbered in the order in which they were written."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from excise.errors import StoreDamaged
from excise.service.journal.framing import MAGIC, Frame, frames, payload
from excise.service.journal.group import ROWS, WORDS
from excise.store.manifest import COLUMNS

HEAD = MAGIC + len(COLUMNS).to_bytes(4, "little") + COLUMNS.encode()
"""What a segment begins with: it also says which columns its rows have."""

_NAME = re.compile(r"(\d{10})\.journal")
_WRITER = re.compile(r"writer-\d{2}")


class Place(Struct, frozen=True):
    """Where a group stands in a segment: its frames, and its number from 0."""

    number: int
    rows: Frame
    words: Frame | None

    @property
    def begin(self) -> int:
        """Where the frame of its rows begins; its end is ``rows.end``."""
        return self.rows.begin


def file_of(folder: Path, number: int) -> Path:
    """Return the file of a segment.

    >>> file_of(Path("w"), 7).name
    '0000000007.journal'
    """
    return folder / f"{number:010d}.journal"


def numbers(folder: Path) -> list[int]:
    """Return the numbers of a writer's segments, in order."""
    if not folder.is_dir():
        return []
    found = (_NAME.fullmatch(entry.name) for entry in folder.iterdir())
    return sorted(int(match[1]) for match in found if match)


def writers(journal: Path) -> list[Path]:
    """Return the folders of a journal's writers, in order."""
    if not journal.is_dir():
        return []
    return sorted(entry for entry in journal.iterdir() if _WRITER.fullmatch(entry.name) and entry.is_dir())


def places(file: BinaryIO, *, begin: int | None = None, number: int = 0) -> Iterator[Place]:
    """Yield where the groups of a segment stand, as far as they are there to their end.

    Args:
        file: the segment.
        begin: where to go on; the first group where None.
        number: that of the group there.

    Raises:
        StoreDamaged: it does not begin as a segment of this version does.
    """
    if begin is None:
        begin = after_head(file)
        if begin is None:
            return
    words: Frame | None = None
    for frame in frames(file, begin=begin):
        if frame.kind == WORDS and words is None:
            words = frame
        elif frame.kind == ROWS:
            yield Place(number, frame, words)
            number, words = number + 1, None
        else:
            return


def after_head(file: BinaryIO) -> int | None:
    """Return where the first group begins, None where not even the head is there to its end.

    Raises:
        StoreDamaged: it does not begin as a segment of this version does.
    """
    file.seek(0)
    head = file.read(len(HEAD))
    if head == HEAD:
        return len(HEAD)
    if HEAD.startswith(head):
        return None
    raise StoreDamaged(
        f"{file.name}: this segment of the journal was written by another version of Excise; "
        "let that version run until it has taken the journal in, then start this one"
    )


def whole_end(path: Path) -> int:
    """Return where a segment stops being whole: behind its last group that is what was written."""
    with path.open("rb") as file:
        end = after_head(file) or 0
        for place in places(file):
            if payload(file, place.rows) is None:
                break
            if place.words is not None and payload(file, place.words) is None:
                break
            end = place.rows.end
    return end
