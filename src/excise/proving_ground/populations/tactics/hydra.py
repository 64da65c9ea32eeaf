"""Hydra: many accounts, one injected reasoning prompt, cover traffic between."""

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


class Hydra(Tactic):
    """Many accounts behind one relay that puts the same reasoning instruction into every harvesting request.

    "One fixed prompt injected in every request", residential proxies, virtual cards, a second pool of
    accounts, mixed with unrelated customer traffic: Anthropic threat report, September 2026 (GTG-16005); the
    "hydra cluster" of February 2026.
    """

    accounts = (25, 20000)
    each = (15, 300)
    genres = ("math", "code", "trivia", "plan", "chat", "write")

    def tradecraft(self, drawn: Tradecraft, dice: Dice) -> Tradecraft:
        """Keep one wording mostly, and send cover."""
        return msgspec.structs.replace(
            drawn,
            rotation=dice.pick((0.0, 0.0, drawn.rotation)),
            cover=max(drawn.cover, dice.uniform(0.1, 0.6)),
        )

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a hydra."""
        harvest = Harvest.of(setting, dice, campaign, name, flavor="reasoner")

        def plan(counts: list[int]) -> Schedule:
            return harvest.queue(counts, moments(dice.numpy(), sum(counts), harvest.window))

        def speak(schedule: Schedule) -> Iterator[Said]:
            return harvest.send(schedule, reasoned=True)

        return harvest.party(plan, speak)
