"""A squad on shared cards."""

import msgspec

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.setting import Setting
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.world import Campaign


class Squad(Tactic):
    """Some accounts that share cards and a load balancer.

    "Synchronized traffic, identical patterns, shared payment methods, coordinated timing": Anthropic,
    February 2026.
    """

    accounts = (5, 30)
    each = (60, 900)

    def tradecraft(self, drawn: Tradecraft, dice: Dice) -> Tradecraft:
        """Share cards."""
        order, payment = dice.pick(("round", "random")), dice.pick(("one", "few"))
        return msgspec.structs.replace(drawn, payment=payment, order=order)

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a squad."""
        return Harvest.of(setting, dice, campaign, name, dice.pick(("reasoner", "assistant", None))).party()
