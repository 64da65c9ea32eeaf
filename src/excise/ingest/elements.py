"""A file that is one JSON array is read element by element, as if each element were a line.

The stream is rewritten in place, byte for byte, so that offsets stay true: the array's own brackets become
blanks, the commas between its elements line breaks, and line breaks inside an element blanks. Nothing is
decoded and nothing is held back. Several arrays after one another (a batch a line, as webhooks send them) are
read as one.

A line break inside a string is no JSON: an element holds damage there. It ends at that place, and the next
begins.
"""

import re
from collections.abc import Iterable, Iterator

from excise.ingest.unpacking import Piece

_OUTSIDE = re.compile(rb'["\[\]{},\r\n]')
_INSIDE = re.compile(rb'[^"\\\n]*(?:\\.[^"\\\n]*)*', re.DOTALL)
_BLANK, _BREAK = 0x20, 0x0A
_QUOTE, _BACKSLASH = 0x22, 0x5C


def elements(pieces: Iterable[Piece]) -> Iterator[Piece]:
    r"""Rewrite the stream of a JSON array to one element a line.

    >>> list(elements([(b'[{"a": [1,\n2]},\n {"b"', 20), (b': "],"}]', 28)]))
    [(b' {"a": [1, 2]}\n  {"b"', 20), (b': "],"}\n', 28)]
    """
    depth, in_string, escaped = 0, False, False
    for piece, position in pieces:
        data = bytearray(piece)
        at, end = 0, len(data)
        if escaped and end:
            at, escaped = 1, False
        while at < end:
            if in_string:
                found = _INSIDE.match(piece, at)
                assert found is not None  # the pattern matches the empty string
                at = found.end()
                if at == end:
                    break
                if piece[at] == _BACKSLASH:  # the piece ends between a backslash and what it escapes
                    escaped = True
                    break
                in_string = False
                if piece[at] != _QUOTE:
                    depth = 1
                at += 1
                continue
            mark = _OUTSIDE.search(piece, at)
            if mark is None:
                break
            at = mark.start()
            byte = piece[at]
            if byte == _QUOTE:
                in_string = True
            elif byte in b"[{":
                depth += 1
                if depth == 1 and byte == 0x5B:
                    data[at] = _BLANK
            elif byte in b"]}":
                depth = max(depth - 1, 0)
                if depth == 0:
                    data[at] = _BREAK if byte == 0x5D else byte
            elif byte == 0x2C:
                if depth <= 1:
                    data[at] = _BREAK
            else:
                data[at] = _BLANK
            at += 1
        yield bytes(data), position
