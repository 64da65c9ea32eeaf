r"""Text from a log, made legible: one line, nothing invisible, nothing that commands a terminal.

What is hidden in a string is shown as an escape (a right-to-left override as ``\u202e``, a newline as
``\n``), so that two names that differ look different and no name can pose as another. Sequences that color
or move a terminal's cursor say nothing and are taken out. Markup is no business of this file: whoever writes
HTML escapes it.
"""

import re
import unicodedata

_TERMINAL = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # control sequences: colors, cursor
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # titles, hyperlinks
    r"|\x1b[ -/]+[0-~]"  # character sets
    r"|\x1b[0-Z\\^_`a-~]"  # the two-character ones
)
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x00": "\\0"}
_MARKS_IN_A_ROW = 3


def legible(text: str, limit: int = 400) -> str:
    r"""Return the text in one line that shows all it holds, at most ``limit`` characters of it.

    A text that is too long loses its middle: identifiers differ at both ends.

    >>> print(legible("acct\u202egnp.exe"))
    acct\u202egnp.exe
    >>> legible("\x1b[31mred\x1b[0m")
    'red'
    >>> legible("a" * 50 + "z", limit=11)
    'aaaaaa…aaaz'
    """
    if not (text.isascii() and text.isprintable()):
        text = _show(_TERMINAL.sub("", text))
    if len(text) <= limit:
        return text
    tail = (limit - 1) * 2 // 5
    return f"{text[: limit - 1 - tail]}…{text[len(text) - tail :]}"


def _show(text: str) -> str:
    shown = []
    marks = 0
    for character in text:
        kind = unicodedata.category(character)
        if kind in _HIDDEN:
            shown.append(_escape(character))
        elif kind in ("Mn", "Me"):
            marks += 1
            if marks <= _MARKS_IN_A_ROW:
                shown.append(character)
            elif marks == _MARKS_IN_A_ROW + 1:  # more would climb over the lines above
                shown.append("…")
            continue
        else:
            shown.append(character)
        marks = 0
    return "".join(shown)


def _escape(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    point = ord(character)
    if point <= 0xFF:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
