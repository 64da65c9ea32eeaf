"""Voices: how people write, each in their own way."""

from typing import NamedTuple

from excise.proving_ground.content.grammar import Bound, grammar
from excise.proving_ground.dice import Dice


class Voice(NamedTuple):
    """One person's way of writing. ``slips`` is the chance of a typing error per word."""

    lower: bool
    bare: bool
    slips: float
    greeting: str
    thanks: str
    listens: float

    @classmethod
    def of(cls, dice: Dice) -> "Voice":
        """Draw a voice. ``listens`` is the chance that a follow-up takes up words of the reply before it."""
        return cls(
            lower=dice.chance(0.35),
            bare=dice.chance(0.3),
            slips=dice.pick((0.0, 0.0, 0.003, 0.01, 0.03)),
            greeting=dice.pick(("", "", "", "", "Hi, ", "hey ", "Hello. ", "please ", "Quick one: ", "q: ")),
            thanks=dice.pick(("", "", "", "", " Thanks!", " thx", " Thank you.", " pls", " Cheers")),
            listens=dice.uniform(0.5, 0.95),
        )

    def say(self, text: str, dice: Dice) -> str:
        """Say it in this voice."""
        if len(text) > 1200:
            return text
        if self.greeting and dice.chance(0.5):
            text = self.greeting + text
        if self.thanks and dice.chance(0.4):
            text += self.thanks
        if self.bare:
            text = text.rstrip(".?!")
        if self.lower:
            text = text.lower()
        if self.slips:
            words = text.split(" ")
            for _ in range(len(words)):
                if dice.chance(self.slips):
                    at = dice.below(len(words))
                    words[at] = _slip(words[at], dice)
            text = " ".join(words)
        return text

    def follow(self, reply: str, dice: Dice) -> str:
        """Answer a reply: mostly by taking up something in it."""
        made = grammar("common")
        if dice.chance(self.listens):
            return self.say(made.expand("follow", dice, Bound({"quote": _quote(reply, dice)})), dice)
        return (
            made.expand("short", dice, Bound()) if dice.chance(0.3) else made.expand("follow", dice, Bound())
        )


def _quote(reply: str, dice: Dice) -> str:
    start = dice.below(max(1, len(reply) - 120))
    words = reply[start : start + 120].split()[1:-1]
    if len(words) < 3:
        return reply[:60]
    size = dice.between(2, 5)
    at = dice.below(max(1, len(words) - size))
    return " ".join(words[at : at + size]).strip('.,;:!?"')


def _slip(word: str, dice: Dice) -> str:
    if len(word) < 4:
        return word
    at = dice.below(len(word) - 2) + 1
    match dice.below(3):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at + 1 :]
        case _:
            return word[:at] + word[at] + word[at:]
