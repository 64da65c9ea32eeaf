"""Sampling parameters: what honest programs and harvesting programs set, drawn from the same choices."""

from excise.proving_ground.dice import Dice
from excise.proving_ground.said import Asked


def asked(dice: Dice, **given: object) -> Asked:
    """Draw the parameters that a program sends with every request; ``given`` ones are set."""
    drawn: dict[str, object] = {
        "temperature": dice.pick((None, None, 0.0, 0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.7, 0.8, 0.9, 1.0, 1.0)),
        "top_p": dice.pick((None,) * 8 + (0.9, 0.95, 1.0)),
        "max_tokens": dice.pick((None, None, None, 128, 256, 300, 500, 512, 800, 1000, 1024, 1500, 2000, 2048, 4096, 8192)),
        "seed": dice.below(10_000) if dice.chance(0.05) else None,
        "stream": dice.pick((None, None, True, False)),
    }  # fmt: skip
    return Asked(**{**drawn, **given})  # type: ignore[arg-type]  # the fields are checked by the tests of their users


def chatting(dice: Dice) -> Asked:
    """Draw the parameters of a chat program."""
    return asked(dice, stream=dice.chance(0.85), seed=None)
