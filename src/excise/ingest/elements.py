"""A file that is one JSON array is read element by element, as if each element were a line.

The stream is rewritten in place, byte for byte, so that offsets stay true: the array's own brackets become
blanks, the commas between its elements line breaks, and line breaks inside an element blanks. Nothing is
decoded and nothing is held back. Several arrays after one another (a batch a line, as webhooks send them) are
read as one.

A line break inside a string is no JSON: an element holds damage there. It ends at that place, and the next
begins. So it is with an element that is nested more deeply than anything that can be read: it ends with its
line.
"""

import re
from collections.abc import Iterable, Iterator

from excise.ingest.unpacking import Piece

_OUTSIDE = re.compile(rb'["\[\]{},\r\n]')
_DEEPER = re.compile(rb'["\[\]{}\r\n]')
_INSIDE = re.compile(rb'[^"\\\n]*(?:\\.[^"\\\n]*)*', re.DOTALL)
_DEEPEST = 2_000
_BLANK, _BREAK = 0x20, 0x0A
_QUOTE, _COMMA, _ARRAY, _BACKSLASH, _ARRAY_END = 0x22, 0x2C, 0x5B, 0x5C, 0x5D


def elements(pieces: Iterable[Piece]) -> Iterator[Piece]:
    r"""Rewrite the stream of a JSON array to one element a line.

    >>> list(elements([(b'[{"a": [1,\n2]},\n {"b"', 20), (b': "],"}]', 28)]))
    [(b' {"a": [1, 2]}\n  {"b"', 20), (b': "],"}\n', 28)]
    """
    scanner = _Scanner()
    for piece, position in pieces:
        yield scanner.rewritten(piece), position


class _Scanner:
    """Where in the array the stream is: how deep, in a string or not, behind a backslash or not."""

    def __init__(self) -> None:
        self.depth = 0
        self.in_string = False
        self.escaped = False
        self.lost = False

    def rewritten(self, piece: bytes) -> bytes:
        data = bytearray(piece)
        at = 1 if self.escaped and piece else 0
        self.escaped = self.escaped and not piece
        while at < len(piece):
            if self.lost or self.in_string:
                at = self._leave_line(piece, at) if self.lost else self._leave_string(piece, at)
                continue
            mark = (_OUTSIDE if self.depth <= 1 else _DEEPER).search(piece, at)
            if mark is None:
                break
            at = mark.start()
            if piece[at] == _QUOTE:
                self.in_string = True
            else:
                data[at] = self._mark(piece[at])
            at += 1
        return bytes(data)

    def _leave_line(self, piece: bytes, at: int) -> int:
        """Return where to go on: behind the line, or at the piece's end."""
        end = piece.find(b"\n", at)
        if end < 0:
            return len(piece)
        self.lost, self.depth = False, 1
        return end + 1

    def _leave_string(self, piece: bytes, at: int) -> int:
        """Return where to go on: behind the string, or at the piece's end."""
        found = _INSIDE.match(piece, at)
        assert found is not None  # the pattern matches the empty string
        at = found.end()
        if at == len(piece):
            return at
        if piece[at] == _BACKSLASH:  # the piece ends between a backslash and what it escapes
            self.escaped = True
            return len(piece)
        self.in_string = False
        if piece[at] == _BREAK:
            self.depth = 1  # damage: the element ends here, whatever it opened
        return at + 1

    def _mark(self, byte: int) -> int:
        """Count a bracket, and return what stands in the place of a mark."""
        if byte in b"[{":
            self.depth += 1
            self.lost = self.depth > _DEEPEST
            return _BLANK if byte == _ARRAY and self.depth == 1 else byte
        if byte in b"]}":
            self.depth = max(self.depth - 1, 0)
            return _BREAK if byte == _ARRAY_END and self.depth == 0 else byte
        if byte == _COMMA:
            return _BREAK if self.depth <= 1 else byte
        return _BLANK
