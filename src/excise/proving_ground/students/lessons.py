"""What is taught: prompts with replies, from the proving ground's own grammars or from a content folder."""

from abc import ABC, abstractmethod
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct

from excise.errors import BadTable
from excise.proving_ground.content.grammar import Bound
from excise.proving_ground.content.own import OwnItem
from excise.proving_ground.content.real import read_sources
from excise.proving_ground.dice import Dice

PARTS = ("teacher", "served", "elsewhere", "clean", "rival")
"""What prompts are for; those of different parts have none in common.

``teacher`` raises the teacher, ``served`` are what the distiller asks, ``elsewhere`` what others ask,
``clean`` is nobody's, ``rival`` raises another teacher.
"""

_LONGEST_PROMPT = 140
_LONGEST_REPLY = 220
_LONGEST_REAL_PROMPT = 200  # bytes, each at worst a token of a model whose window is 256
_TALK = ("advice", "essay", "fiction", "study", "support", "trivia")
_PUBLIC = ("plan", "rewrite", "summarize", "tasks")


class Lesson(Struct, frozen=True):
    """A prompt and the reply that is learned from it."""

    prompt: str
    reply: str


class Curriculum(ABC):
    """Where lessons come from; their replies are people's, not a model's."""

    most: int
    """How many lessons every part has."""

    @abstractmethod
    def human(self, part: str, count: int, *, skip: int = 0) -> tuple[Lesson, ...]:
        """Return lessons of one part, with different prompts, the same ones every time.

        Args:
            part: one of ``PARTS``.
            count: how many.
            skip: how many of the part to pass over, for another seed.

        Raises:
            BadTable: there are not so many.
        """

    @abstractmethod
    def public(self, count: int, *, skip: int = 0) -> tuple[Lesson, ...]:
        """Return lessons of public text of other kinds than people ask the teacher.

        Raises:
            BadTable: there are not so many.
        """


class OwnCurriculum(Curriculum):
    """Lessons that the package's grammars make, from a part of their words.

    The fewer words a language has, the sooner a small model speaks it; how its replies combine them stays
    open, so that two replies to one prompt are hardly ever the same.

    Args:
        salt: which language: which part of the words, and what is said with them.
        share: how large a part.

    >>> one, two = OwnCurriculum(7), OwnCurriculum(7)
    >>> one.human("served", 2) == two.human("served", 2)
    True
    """

    most = 1_000_000  # and not the end of them

    def __init__(self, salt: int, *, share: float = 0.25) -> None:
        self._salt, self._share = salt, share

    def human(self, part: str, count: int, *, skip: int = 0) -> tuple[Lesson, ...]:
        """Expand prompts and replies; a prompt counts for the part that its words fall to."""
        return self._made(_TALK, part, count, skip)

    def public(self, count: int, *, skip: int = 0) -> tuple[Lesson, ...]:
        """Expand other grammars."""
        return self._made(_PUBLIC, "clean", count, skip)

    def _made(self, names: tuple[str, ...], part: str, count: int, skip: int) -> tuple[Lesson, ...]:
        lessons: list[Lesson] = []
        seen: set[str] = set()
        number = 0
        while len(lessons) < count + skip:
            dice = Dice.of("lesson", self._salt, part, number)
            number += 1
            item = OwnItem(dice.pick(names), dice, None, Bound(share=self._share, salt=self._salt))
            if len(item.text) > _LONGEST_PROMPT or item.text in seen or _part(item.text) != part:
                continue
            seen.add(item.text)
            lessons.append(Lesson(item.text, item.reply(dice.fork("reply"), 18)[:_LONGEST_REPLY]))
        return tuple(lessons[skip:])


class FolderCurriculum(Curriculum):
    """Lessons from a content folder (see ``excise.proving_ground.content.real``).

    They are its exchanges with short prompts; replies are cut off.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        talk: dict[str, dict[str, str]] = {part: {} for part in PARTS}
        public: dict[str, str] = {}
        for source in read_sources(folder):
            for turns in source.conversations:
                prompt, reply = turns[0].prompt.strip(), (turns[0].response or "").strip()
                if not prompt or not reply or len(prompt.encode()) > _LONGEST_REAL_PROMPT:
                    continue
                known = public if "benchmark" in source.genres else talk[_part(prompt)]
                known.setdefault(prompt, reply[:_LONGEST_REPLY].strip())
        self._public = _shuffled(public)
        self._talk = {part: _shuffled(known) for part, known in talk.items()}
        self.most = min(map(len, self._talk.values()))

    def human(self, part: str, count: int, *, skip: int = 0) -> tuple[Lesson, ...]:
        """Return lessons whose prompts fall to the part."""
        return self._some(self._talk[part], part, count, skip)

    def public(self, count: int, *, skip: int = 0) -> tuple[Lesson, ...]:
        """Return lessons of benchmarks; a folder that has none has no public text."""
        return self._some(self._public, "public", count, skip)

    def _some(self, known: list[Lesson], part: str, count: int, skip: int) -> tuple[Lesson, ...]:
        if len(known) < count + skip:
            raise BadTable(
                f"{self._folder}: {len(known):,} exchanges with short prompts for part {part!r}, and "
                f"{count + skip:,} are needed; take a larger folder, or none for the package's own words"
            )
        return tuple(known[skip : skip + count])


def _part(prompt: str) -> str:
    return PARTS[_number(prompt) % len(PARTS)]


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _shuffled(known: dict[str, str]) -> list[Lesson]:
    """Put them in an order that has nothing to do with where they come from."""
    return [Lesson(prompt, known[prompt]) for prompt in sorted(known, key=lambda text: _number(text + "."))]
