"""Release pivot: within a day of a release, the campaign turns to the new model."""

import msgspec
import numpy as np

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule, moments
from excise.proving_ground.setting import Setting
from excise.proving_ground.world import Campaign


class ReleasePivot(Tactic):
    """Accounts that send a little to the old model and, hours after the new one is out.

    Most of their volume to it.

    About half of a campaign's traffic moved to the new model within 24 hours: Anthropic, February 2026
    (MiniMax).
    """

    accounts = (4, 120)
    each = (30, 500)

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a pivot campaign."""
        harvest = Harvest.of(
            setting, dice, campaign, name, dice.pick(("reasoner", "evaluator", "assistant", None))
        )
        released_s = setting.models.released_at_s
        lag_s = dice.log_uniform(0.5, 24) * 3600.0
        members = [
            msgspec.structs.replace(
                m, newest_from_s=released_s + lag_s + dice.fork("lag", n).uniform(0, 3600.0)
            )
            for n, m in enumerate(harvest.members)
        ]
        harvest, before = harvest.with_members(members), dice.uniform(0.05, 0.4)

        def plan(counts: list[int]) -> Schedule:
            total, window = sum(counts), harvest.window
            old = int(total * before) if window.start_s < released_s - 3600.0 else 0
            turn_s = min(max(released_s + lag_s, window.start_s), window.end_s - 3600.0)
            at_s = np.concatenate(
                [
                    moments(dice.numpy("old"), old, window._replace(end_s=turn_s)),
                    moments(dice.numpy("new"), total - old, window._replace(start_s=turn_s)),
                ]
            )
            return harvest.deal(counts, at_s)

        return harvest.party(plan)
