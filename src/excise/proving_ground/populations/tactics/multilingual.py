"""Multilingual: reasoning in the language of the question, over many languages."""

import msgspec

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.setting import Setting
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.world import Campaign


class Multilingual(Tactic):
    """A corpus in several languages.

    With an instruction that the reasoning keep to the language of the question.

    "The language used in the thinking content must be strictly consistent with the main language of the
    user input": quoted by Google Threat Intelligence Group, February 2026.
    """

    accounts = (3, 120)
    each = (30, 600)
    genres = ("tongues", "translate")

    def tradecraft(self, drawn: Tradecraft, dice: Dice) -> Tradecraft:
        """Work around the clock or in turns."""
        return msgspec.structs.replace(drawn, hours=dice.pick(("always", "shifts", drawn.hours)))

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a multilingual campaign."""
        return Harvest.of(setting, dice, campaign, name, dice.pick(("polyglot", "reasoner"))).party(
            reasoned=True
        )
