"""Thin partition: one corpus over hundreds of accounts, about twenty exchanges each, reworded."""

import msgspec

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.setting import Setting
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.world import Campaign


class ThinPartition(Tactic):
    """Hundreds of accounts that split one corpus and say little each, in ever new words.

    With nothing shared on file.

    What volume rules cannot see: reported campaigns average 700 to 1,200 exchanges an account over weeks,
    spread thin (Anthropic, February and June 2026); about 100 queries already carry a task (LoRD, Liang et
    al. 2025).
    """

    accounts = (60, 20000)
    each = (8, 40)

    def tradecraft(self, drawn: Tradecraft, dice: Dice) -> Tradecraft:
        """Share nothing on file, reword."""
        return msgspec.structs.replace(
            drawn,
            payment=dice.pick(("own", "own", "none")),
            network=dice.pick(("residential", "residential", "proxies", "mobile", "vpn")),
            client="mixed",
            rotation=dice.pick((0.3, 1.0, 1.0)),
        )

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a thin partition."""
        flavor = dice.pick(("reasoner", "evaluator", "assistant", None))
        return Harvest.of(setting, dice, campaign, name, flavor).party(reasoned=dice.chance(0.5))
