"""Hydra: many accounts, one injected reasoning prompt, cover traffic between."""

import msgspec

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.setting import Setting
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.world import Campaign


class Hydra(Tactic):
    """Many accounts behind one relay that puts the same reasoning instruction into its harvesting requests.

    "One fixed prompt injected in every request", residential proxies, virtual cards, a second pool of
    accounts, mixed with unrelated customer traffic: Anthropic threat report, September 2026 (GTG-16005);
    the "hydra cluster" of February 2026.
    """

    accounts = (25, 20000)
    each = (15, 300)
    genres = ("math", "code", "trivia", "plan", "chat", "write")

    def tradecraft(self, drawn: Tradecraft, dice: Dice) -> Tradecraft:
        """Keep one wording mostly, and send cover."""
        rotation, cover = dice.pick((0.0, 0.0, drawn.rotation)), max(drawn.cover, dice.uniform(0.1, 0.6))
        return msgspec.structs.replace(drawn, rotation=rotation, cover=cover)

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a hydra."""
        return Harvest.of(setting, dice, campaign, name, "reasoner").party(reasoned=True)
