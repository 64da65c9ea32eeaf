"""Instructions: the fixed words that applications, scripts and harvesters put before each request."""

from excise.proving_ground.content.grammar import Bound, grammar
from excise.proving_ground.dice import Dice


def instruction(flavor: str, dice: Dice) -> str:
    """Expand an instruction; equal dice give equal words.

    Args:
        flavor: assistant, labeler, extractor, translator, summarizer, developer, persona, agent, evaluator,
            reasoner, grader or generator.
        dice: its own dice.
    """
    return grammar("instruct").expand(flavor, Dice(dice.key), Bound())


class Wording:
    """An instruction that is worded anew for a share of the requests; with rotation 0 it never changes."""

    def __init__(self, flavor: str, dice: Dice, rotation: float) -> None:
        self._flavor, self._dice, self._rotation = flavor, dice.fork("wording", flavor), rotation
        self.fixed = instruction(flavor, self._dice)

    def say(self, dice: Dice) -> str:
        """Return the words to use now."""
        if self._rotation and dice.chance(self._rotation):
            return instruction(self._flavor, dice.fork("worded"))
        return self.fixed


def public_template(seed: int, number: int) -> str:
    """Return one of the templates of a world that strangers copy from public collections."""
    return instruction("persona", Dice.of(seed, "public template", number))
