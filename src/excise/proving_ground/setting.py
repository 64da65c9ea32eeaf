"""The Setting: what every population of a world shares (networks, models, the stock of words)."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from excise.proving_ground.content.stock import Stock
from excise.proving_ground.dice import Dice
from excise.proving_ground.networks import Networks
from excise.proving_ground.rhythms import Window
from excise.proving_ground.world import World

DAY_S = 86400.0


class Models(NamedTuple):
    """The models that the provider serves. ``newest`` comes out during the log."""

    usual: str
    small: str
    newest: str
    released_at_s: float

    @classmethod
    def of(cls, dice: Dice, start_s: float, days: int) -> "Models":
        """Draw a family of models and the day on which the newest comes out."""
        family = dice.pick(("atlas", "boreal", "cygnet", "drift", "elan", "fathom", "gale", "halcyon"))
        version = dice.between(1, 5)
        day = dice.between(1, max(1, days - 2))
        return cls(
            f"{family}-{version}", f"{family}-{version}-mini", f"{family}-{version + 1}",
            start_s + day * DAY_S + dice.between(14, 19) * 3600.0,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """What every population of a world shares."""

    world: World
    dice: Dice
    networks: Networks
    models: Models
    stock: Stock
    curves: tuple[NDArray[np.float64], ...] = ()
    """request rates of real clients by 600 s, where the content folder has them"""

    def busy(self, window: Window, dice: Dice) -> Window:
        """Give a server's window a real client's rises and falls, where there are some."""
        if not self.curves or dice.chance(0.25):
            return window
        curve = dice.pick(self.curves)
        return window._replace(curve=np.roll(curve, dice.below(len(curve))))

    @property
    def start_s(self) -> float:
        """When the log begins."""
        return self.world.start_s

    @property
    def end_s(self) -> float:
        """When the log ends."""
        return self.world.start_s + self.world.days * DAY_S
