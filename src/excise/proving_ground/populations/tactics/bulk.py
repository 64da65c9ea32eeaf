"""Bulk: one or a few accounts at full speed."""

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.setting import Setting
from excise.proving_ground.world import Campaign


class Bulk(Tactic):
    """Few accounts that send a prepared corpus as fast as they may.

    "More than 100,000 prompts" of one campaign: Google Threat Intelligence Group, February 2026; a new
    subscription at full use at once is an indicator of the joint advisory AA26-251A.
    """

    accounts = (1, 4)
    each = (300, 4000)

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a bulk campaign."""
        flavor = dice.pick(("reasoner", "evaluator", "assistant", None))
        return Harvest.of(setting, dice, campaign, name, flavor).party(reasoned=dice.chance(0.5))
