"""Aged office: bought old accounts that keep office hours at clean home addresses."""

import msgspec

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.setting import Setting
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.world import Campaign


class AgedOffice(Tactic):
    """Accounts years old, one clean address each, office hours, weekends off: nothing on file looks wrong.

    What the reports' indicators (fresh accounts, round the clock, shared addresses) miss by design; resale
    of aged accounts is described with the transfer stations of the joint advisory AA26-251A.
    """

    accounts = (5, 150)
    each = (40, 400)

    def tradecraft(self, drawn: Tradecraft, dice: Dice) -> Tradecraft:
        """Look like employees at home."""
        return msgspec.structs.replace(
            drawn,
            age="aged",
            hours="office",
            network="residential",
            payment=dice.pick(("own", "none")),
            client="mixed",
        )

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a campaign of aged accounts."""
        flavor = dice.pick(("reasoner", "assistant", "developer", None))
        return Harvest.of(setting, dice, campaign, name, flavor).party()
