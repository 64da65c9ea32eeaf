"""One address: all accounts come out at one place, and never say the same twice."""

import msgspec

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.setting import Setting
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.world import Campaign


class OneAddress(Tactic):
    """Accounts behind one router that reword everything; on file they are a house full of strangers.

    "Account shared over many addresses" turned around; infrastructure correlation is what reports rely on
    (Anthropic, February 2026), and a class behind one address looks the same.
    """

    accounts = (3, 40)
    each = (40, 500)

    def tradecraft(self, drawn: Tradecraft, dice: Dice) -> Tradecraft:
        """Share the address, reword everything."""
        hours, payment = dice.pick(("human", "always", "office")), dice.pick(("own", "few"))
        return msgspec.structs.replace(drawn, network="single", rotation=1.0, hours=hours, payment=payment)

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a campaign behind one address."""
        flavor = dice.pick(("reasoner", "assistant", "persona"))
        return Harvest.of(setting, dice, campaign, name, flavor).party()
