"""A squad on shared cards."""

from collections.abc import Iterator

import msgspec

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule, moments
from excise.proving_ground.said import Said
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
        return msgspec.structs.replace(
            drawn, payment=dice.pick(("one", "few")), order=dice.pick(("round", "random"))
        )

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a squad."""
        harvest = Harvest.of(setting, dice, campaign, name, flavor=dice.pick(("reasoner", "assistant", None)))

        def plan(counts: list[int]) -> Schedule:
            return harvest.queue(counts, moments(dice.numpy(), sum(counts), harvest.window))

        def speak(schedule: Schedule) -> Iterator[Said]:
            return harvest.send(schedule)

        return harvest.party(plan, speak)
