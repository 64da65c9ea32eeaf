"""Tokens as an endpoint spells them are laid along the text that was asked, or are not believed."""

from collections.abc import Sequence

_PARTS = ("\ufffd", "bytes:")
"""How endpoints spell a token that is only some bytes of a character."""


def laid_along(tokens: Sequence[str], text: str) -> tuple[str, ...] | None:
    r"""Cut ``text`` as the last of ``tokens`` do; None where they do not spell it.

    They are laid from the end. The first piece may be the end of a token that reaches over from what stands
    before the text. Tokens that are part of a character get an empty piece, the first of them the character.

    >>> laid_along(["<s>", "Hi", "\n\n", "Blue", "."], "Blue.")
    ('Blue', '.')
    >>> laid_along(["x", " caf", "\ufffd", "\ufffd", "!"], "café!")
    ('caf', 'é', '', '!')
    >>> laid_along(["Bl", "ack", "."], "Blue.") is None
    True
    """
    pieces: list[str] = []
    left, parts = len(text), 0
    for token in reversed(tokens):
        if left == 0 and parts == 0:
            break
        if any(part in token for part in _PARTS):
            parts += 1
            continue
        if parts:
            # What lies between this token and what is laid already is made of the parts.
            ends = _ends_before(text[:left], token, parts)
            if ends is None:
                return None
            pieces += [""] * (parts - 1) + [text[ends:left]]
            left, parts = ends, 0
            if left == 0:
                break
        if not text.endswith(token, 0, left):
            if not token.endswith(text[:left]):
                return None
            pieces.append(text[:left])
            left = 0
            break
        pieces.append(token)
        left -= len(token)
    if parts:
        if left > parts:
            return None
        pieces += [""] * (parts - 1) + [text[:left]]
        left = 0
    return tuple(reversed(pieces)) if left == 0 and pieces else None


def _ends_before(text: str, token: str, parts: int) -> int | None:
    """Return where ``token`` ends in ``text`` when ``parts`` parts of characters follow it."""
    for length in range(1, min(parts, len(text)) + 1):
        ends = len(text) - length
        if text.endswith(token, 0, ends) or (ends < len(token) and token.endswith(text[:ends])):
            return ends
    return None
