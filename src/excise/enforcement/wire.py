"""Effects as they travel to clients: one JSON object a line, the number of lines last.

The first line says whether a whole table follows or what changed, and up to which sequence number. A body
that was cut off has no last line, and is never taken for a table.
"""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from excise.casework.decision import Changes, Effect, Lifted
from excise.errors import ExciseError

MEDIA_TYPE = "application/x-ndjson"
_AT_ONCE = 500


class CutOff(ExciseError):
    """A table came in that is not all of one."""


class Head(Struct, frozen=True, kw_only=True):
    """What follows: a whole table, or what changed; and the key of references, for who may have it."""

    sequence: int
    whole: bool
    reference_key: bytes | None = None


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One effect, or one subject for which nothing holds any more, or the last line."""

    effect: Effect | None = None
    lifted: Lifted | None = None
    lines: int | None = None


_HEAD = msgspec.json.Decoder(Head)
_LINE = msgspec.json.Decoder(Line)


def written(head: Head, effects: Iterable[Effect], lifted: Iterable[Lifted] = ()) -> Iterator[bytes]:
    """Yield the pieces of a body, some hundred lines each."""
    encoder = msgspec.json.Encoder()
    pieces = [encoder.encode(head)]
    count = 0
    for line in _lines(effects, lifted):
        pieces.append(encoder.encode(line))
        count += 1
        if len(pieces) >= _AT_ONCE:
            yield b"\n".join(pieces) + b"\n"
            pieces = []
    pieces.append(encoder.encode(Line(lines=count)))
    yield b"\n".join(pieces) + b"\n"


def _lines(effects: Iterable[Effect], lifted: Iterable[Lifted]) -> Iterator[Line]:
    for effect in effects:
        yield Line(effect=effect)
    for gone in lifted:
        yield Line(lifted=gone)


def head_of(lines: Iterator[str | bytes]) -> Head:
    """Read the first line.

    Raises:
        CutOff: there is none, or it is none.
    """
    try:
        return _HEAD.decode(next(lines))
    except (StopIteration, msgspec.DecodeError) as error:
        raise CutOff(f"the service sent no table of decisions ({error})") from None


def effects_of(lines: Iterator[str | bytes]) -> Iterator[Effect]:
    """Yield the effects of a whole table.

    Raises:
        CutOff: the body ended before its last line, or a line is none.
    """
    for line in _read(lines):
        if line.effect is not None:
            yield line.effect


def changes_of(head: Head, lines: Iterator[str | bytes]) -> Changes:
    """Return what changed.

    Raises:
        CutOff: the body ended before its last line, or a line is none.
    """
    read = list(_read(lines))
    return Changes(
        sequence=head.sequence,
        whole=head.whole,
        effects=tuple(line.effect for line in read if line.effect is not None),
        lifted=tuple(line.lifted for line in read if line.lifted is not None),
    )


def _read(lines: Iterator[str | bytes]) -> Iterator[Line]:
    count = 0
    for text in lines:
        if not text:
            continue
        try:
            line = _LINE.decode(text)
        except msgspec.DecodeError as error:
            raise CutOff(f"line {count + 2} of the table of decisions is none ({error})") from None
        if line.lines is not None:
            if line.lines != count:
                raise CutOff(f"the table of decisions has {count} lines and says {line.lines}")
            return
        count += 1
        yield line
    raise CutOff(f"the table of decisions was cut off after {count} lines")
