"""Rewording: replies are said otherwise, by rules, as a distiller does that has a paraphraser."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from excise.proving_ground.dice import Dice
from excise.proving_ground.students.lessons import Lesson

_WORD = re.compile(r"[A-Za-z]+")
_END = re.compile(r"(?<=[.!?])\s+")
_OPENING = re.compile(
    r"^(?:Sure|Of course|Happy to help|Certainly|Good question|Here is one way)\. "
    r"|^(?:Here is|Below is) [^:.]*: "
)


def reword(lessons: tuple[Lesson, ...], share: float, seed: int) -> tuple[Lesson, ...]:
    """Put other words for the same, drop a reply's opening, and mix the order of its sentences.

    Args:
        lessons: whose replies are reworded; the prompts stay.
        share: of the words that have another word for the same, how many get it.
        seed: of the choices.

    >>> reword((Lesson("Why?", "Sure. Lena repaired the old lamp."),), 1.0, 3)[0].reply
    'Lena fixed the aged lamp.'
    """
    return tuple(_reworded(one, share, Dice.of("reword", seed, one.prompt, one.reply)) for one in lessons)


def _reworded(lesson: Lesson, share: float, dice: Dice) -> Lesson:
    known = _words()

    def other(found: re.Match[str]) -> str:
        options = known.get(found.group())
        return dice.pick(options) if options and dice.chance(share) else found.group()

    body = _OPENING.sub("", lesson.reply)
    sentences = _END.split(_WORD.sub(other, body))
    return Lesson(lesson.prompt, " ".join(dice.some(sentences, len(sentences))))


@cache
def _words() -> dict[str, tuple[str, ...]]:
    text = (files("excise.proving_ground.students") / "wording.toml").read_text(encoding="utf-8")
    return {word: tuple(others) for word, others in tomllib.loads(text).items()}
