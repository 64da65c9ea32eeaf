"""Shift work: accounts with complementary clocks that together never sleep."""

import msgspec
import numpy as np

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule, moments
from excise.proving_ground.setting import Setting
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.world import Campaign


class ShiftWork(Tactic):
    """Each account keeps human hours in its own time zone; together they hand one job round the clock.

    "Coordinated timing" for load balancing: Anthropic, February 2026; round-the-clock use without a human
    rhythm is an indicator of the joint advisory AA26-251A, and this is how it is hidden.
    """

    accounts = (3, 90)
    each = (40, 500)

    def tradecraft(self, drawn: Tradecraft, dice: Dice) -> Tradecraft:
        """Take shifts."""
        return msgspec.structs.replace(drawn, hours="shifts", rotation=dice.pick((drawn.rotation, 0.3)))

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a campaign in shifts."""
        harvest = Harvest.of(
            setting, dice, campaign, name, dice.pick(("reasoner", "evaluator", "assistant", None))
        )
        shifts = min(len(harvest.members), dice.between(2, 6))
        length_h = 24.0 / shifts

        def plan(counts: list[int]) -> Schedule:
            parts = []
            for n, count in enumerate(counts):
                created = harvest.members[n].account.created_at
                window = harvest.window._replace(
                    start_s=max(harvest.window.start_s, created + 60.0), shape="flat"
                )
                at_s = moments(dice.numpy("plan", n), count, window)
                # Squeeze each day into this account's own hours.
                day = np.floor(at_s / 86400.0) * 86400.0
                own_s = day + ((n % shifts) * length_h * 3600.0) + (at_s - day) / shifts
                own_s = np.sort(np.clip(own_s, window.start_s, window.end_s))
                parts.append(Schedule(own_s, np.full(count, n, np.int32), np.ones(count, dtype=np.bool_)))
            return Schedule.merged(parts)

        return harvest.party(plan)
