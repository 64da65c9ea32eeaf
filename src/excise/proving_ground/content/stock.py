"""The stock of a world.

What there is to ask, by genre, dealt so that two parties share it only when that is meant.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from excise.proving_ground.dice import Dice

NEAREST: dict[str, tuple[str, ...]] = {
    "agent": ("code", "plan"),
    "benchmark": ("math", "trivia"),
    "chat": ("write", "trivia"),
    "code": ("chat",),
    "enrich": ("extract", "write"),
    "extract": ("enrich", "summarize"),
    "homework": ("trivia", "math"),
    "label": ("support", "chat"),
    "math": ("trivia", "code"),
    "plan": ("chat",),
    "roleplay": ("write", "chat"),
    "summarize": ("write", "extract"),
    "support": ("chat",),
    "tongues": ("chat",),
    "translate": ("write", "summarize"),
    "trivia": ("chat",),
    "write": ("chat",),
}
"""The genres that a stock can be asked for, and what comes nearest where it has nothing of one."""


class Item(ABC):
    """One thing to ask, and a plausible answer to it."""

    system: str | None
    """The system prompt that belongs to it, if one does."""
    text: str
    """The words of the first user turn."""

    @abstractmethod
    def reply(self, dice: Dice, words: int, *, reasoned: bool = False) -> str:
        """Answer it in about that many words; ``reasoned`` answers show their steps first."""

    def further(self, turn: int) -> tuple[str, str | None] | None:  # noqa: ARG002 - most items have one turn
        """Return the user's words of a later turn (1, 2, ...) and the reply, where the source has them."""
        return None

    def act(self, step: int, dice: Dice) -> tuple[str, str]:
        """Take a step (1, 2, ...) of an agent on it: what the model says, and what its tool answers."""
        del step  # most items act alike at every step
        return self.reply(dice, 40), self.reply(dice.fork("seen"), 60)


class Corpus(ABC):
    """A list of items that belongs to somebody: looked up by number, made when asked for."""

    size: int

    @abstractmethod
    def item(self, number: int) -> Item:
        """Return an item; numbers at or beyond ``size`` start again from the first."""


class Stock(ABC):
    """All there is to ask in one world."""

    @abstractmethod
    def take(self, genres: Sequence[str], count: int, dice: Dice) -> Corpus:
        """Deal a corpus of that many items of these genres that nobody else was dealt.

        As far as there are enough.
        """

    @abstractmethod
    def public(self, genre: str, number: int, count: int) -> Corpus:
        """Return the public list of that genre and number.

        Whoever asks gets the same items in the same order.
        """

    @abstractmethod
    def harvest(self, genres: Sequence[str], count: int, dice: Dice) -> Corpus:
        """Deal a corpus such as a harvester prepares.

        Where the words are real, from published harvests too.
        """
