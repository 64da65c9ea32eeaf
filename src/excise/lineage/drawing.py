"""Twins are drawn: the serving model is asked again what it was asked before, and its replies kept back."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from excise.lineage.journal import Journal, Journaled
from excise.lineage.replies import Reply
from excise.lineage.suspects import Answered, Ask, Suspect
from excise.observation.canonical import sha256

_AT_A_TIME = 64
_DETERMINISTIC = 1e-3


class Drawn(Struct, frozen=True):
    """What came of it: how many twins were written, and the served rows that have none, with why."""

    twins: int
    missing: tuple[tuple[int, str], ...]


def draw(
    served: Sequence[Reply],
    teacher: Suspect,
    out: Path,
    *,
    draws: int,
    seed: int,
    clock_s: Callable[[], float],
    told: Callable[[int], None] = lambda _: None,
) -> Drawn:
    """Draw twins of served replies, and write them as JSON lines.

    Each is asked with the parameters of its served reply and a seed of its own. Answers pass through a
    journal beside ``out``, so that a draw that was killed goes on.

    Args:
        served: the served replies.
        teacher: the model that served them, in the same version.
        out: the file; it is written when all is drawn.
        draws: twins a reply; from two on, a test has a control of its own.
        seed: of the seeds.
        clock_s: the present, epoch seconds.
        told: is told how many replies are done.

    Raises:
        SuspectSilent: the teacher does not answer any more.
    """
    questions = [
        [Ask(one.messages, "", one.parameters, own) for own in seeds]
        for one, seeds in zip(served, _seeds(len(served), draws, seed), strict=True)
    ]
    purpose = sha256(msgspec.json.encode(("draw-twins", teacher.name, draws, seed, questions)))
    lines: list[bytes] = []
    missing: list[tuple[int, str]] = []
    with Journal(out.with_name(out.name + ".journal"), purpose, clock_s) as journal:
        asked = Journaled(teacher, journal)
        for at in range(0, len(served), _AT_A_TIME):
            some = questions[at : at + _AT_A_TIME]
            answers = iter(asked.answers([question for own in some for question in own]))
            for one, own in zip(served[at : at + _AT_A_TIME], some, strict=True):
                for number, question in enumerate(own):
                    answer = next(answers)
                    if isinstance(answer, Answered):
                        lines.append(_line(one, question, number, answer.text))
                    else:
                        missing.append((one.row, answer.why))
            told(min(at + _AT_A_TIME, len(served)))
    out.write_bytes(b"".join(lines))
    return Drawn(len(lines), tuple(missing))


def deterministic(served: Sequence[Reply]) -> tuple[int, ...]:
    """Return the rows whose model was not left to chance, so that a twin would say the same again."""
    return tuple(
        one.row
        for one in served
        if (one.parameters.temperature is not None and one.parameters.temperature < _DETERMINISTIC)
        or one.parameters.top_k == 1
    )


def _seeds(rows: int, draws: int, seed: int) -> Iterator[list[int]]:
    for own in np.random.default_rng(seed).integers(0, 2**31 - 1, (rows, draws)):
        yield [int(one) for one in own]


def _line(one: Reply, question: Ask, number: int, text: str) -> bytes:
    said = {
        name: value
        for name, value in msgspec.to_builtins(one.parameters).items()
        if value is not None and name not in {"more", "seed"}
    }
    more = msgspec.json.decode(one.parameters.more or "{}", type=dict[str, object])
    record = {
        **({"id": one.id} if one.id else {}),
        "messages": msgspec.to_builtins(one.messages),
        "reply": text,
        "model": one.model,
        "model_version": one.model_version,
        "parameters": {**more, **said, "seed": question.seed},
        "draw": number,
    }
    return msgspec.json.encode(record) + b"\n"
