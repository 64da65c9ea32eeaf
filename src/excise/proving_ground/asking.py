"""Sampling parameters: what honest programs and harvesting programs set, drawn from the same choices."""

import msgspec

from excise.proving_ground.dice import Dice
from excise.proving_ground.said import Asked

_LIMITS = (None, None, None, 128, 256, 300, 500, 512, 800, 1000, 1024, 1500, 2000, 2048, 4096, 8192)


def asked(dice: Dice, fixed: Asked | None = None) -> Asked:
    """Draw the parameters that a program sends with every request; what ``fixed`` says is kept.

    >>> asked(Dice(1), Asked(n=4)).n
    4
    """
    drawn = Asked(
        temperature=dice.pick((None, None, 0.0, 0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.7, 0.8, 0.9, 1.0, 1.0)),
        top_p=dice.pick((None,) * 8 + (0.9, 0.95, 1.0)),
        max_tokens=dice.pick(_LIMITS),
        seed=dice.below(10_000) if dice.chance(0.05) else None,
        reasoning_effort=dice.pick((None,) * 14 + ("low", "medium", "high")),
        stream=dice.pick((None, None, True, True, False)),
    )
    if fixed is None:
        return drawn
    said = {field: value for field in Asked.__struct_fields__ if (value := getattr(fixed, field)) is not None}
    return msgspec.structs.replace(drawn, **said)


def chatting(dice: Dice) -> Asked:
    """Draw the parameters of a chat program."""
    return msgspec.structs.replace(asked(dice), stream=dice.chance(0.7), seed=None)
