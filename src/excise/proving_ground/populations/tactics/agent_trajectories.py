"""Agent trajectories: whole runs of an agent with tools are collected."""

from collections.abc import Iterator

import numpy as np

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule, runs
from excise.proving_ground.said import Asked, Said, Thread, agent
from excise.proving_ground.setting import Setting
from excise.proving_ground.world import Campaign


class AgentTrajectories(Tactic):
    """Accounts that have a model act step by step on prepared tasks, and keep the trajectories.

    Tagged requests of coding harnesses relayed to a stronger model: Anthropic threat report, September 2026
    (GTG-16001); trajectories as training data: FireAct (Chen et al. 2023).
    """

    accounts = (3, 60)
    each = (40, 500)
    genres = ("agent",)

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a trajectory campaign."""
        flavor = dice.pick(("agent", "developer"))
        fixed = Asked(stop=["Observation:"]) if dice.chance(0.4) else None
        harvest = Harvest.of(setting, dice, campaign, name, flavor, fixed=fixed)
        role, steps = dice.pick(("tool", "user")), dice.between(3, 14)
        gap_s = dice.log_uniform(2, 40)

        def plan(counts: list[int]) -> Schedule:
            parts = []
            for n, count in enumerate(counts):
                rng = dice.numpy("plan", n)
                created = harvest.members[n].account.created_at
                window = harvest.window._replace(start_s=max(harvest.window.start_s, created + 60.0))
                at_s = runs(rng, count, window, number=max(1, count // steps), gap_s=gap_s)
                opens = np.arange(count) % steps == 0
                parts.append(Schedule(at_s, np.full(count, n, np.int32), opens))
            return Schedule.merged(parts)

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = harvest.corpus(len(schedule.at_s))

            def thread(_member: int, moment: int, own: Dice) -> Thread:
                system = harvest.wording.say(own) if harvest.wording else None
                return agent(system, corpus.item(moment), own.pick(harvest.setups), own, steps, role=role)

            return harvest.threads(schedule, thread)

        return harvest.party(plan, speak)
