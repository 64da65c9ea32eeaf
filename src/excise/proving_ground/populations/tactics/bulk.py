"""Bulk: one or a few accounts at full speed."""

from collections.abc import Iterator

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule, moments
from excise.proving_ground.said import Said
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
        harvest = Harvest.of(
            setting, dice, campaign, name, flavor=dice.pick(("reasoner", "evaluator", "assistant"))
        )

        def plan(counts: list[int]) -> Schedule:
            return harvest.queue(counts, moments(dice.numpy(), sum(counts), harvest.window))

        def speak(schedule: Schedule) -> Iterator[Said]:
            return harvest.send(schedule)

        return harvest.party(plan, speak)
