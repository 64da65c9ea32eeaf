"""Low and slow: little a day, evenly, for as long as the log is."""

import msgspec

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule, regular
from excise.proving_ground.setting import Setting
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.world import Campaign


class LowAndSlow(Tactic):
    """Accounts that each stay far below every threshold, at an even pace, never twice in the same minute.

    About 670 exchanges an account on average over a campaign of weeks (Anthropic, February 2026): volume
    per account and hour says nothing.
    """

    accounts = (8, 400)
    each = (10, 90)

    def tradecraft(self, drawn: Tradecraft, dice: Dice) -> Tradecraft:
        """Take no shifts, for an even pace."""
        return msgspec.structs.replace(
            drawn, hours=dice.pick(("always", "human")), order=dice.pick(("round", "random"))
        )

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a low and slow campaign."""
        harvest = Harvest.of(
            setting, dice, campaign, name, dice.pick(("reasoner", "assistant", "persona", None))
        )
        jitter = dice.pick((0.05, 0.3, 1.0, 4.0))

        def plan(counts: list[int]) -> Schedule:
            return harvest.deal(counts, regular(dice.numpy(), sum(counts), harvest.window, jitter=jitter))

        return harvest.party(plan)
