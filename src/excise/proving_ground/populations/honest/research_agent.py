"""Research agents that search and read."""

from collections.abc import Iterator

import numpy as np

from excise.proving_ground.asking import asked
from excise.proving_ground.customers import customer, firm
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, runs
from excise.proving_ground.said import Asked, Said, Thread, agent, relay
from excise.proving_ground.setting import Setting


class ResearchAgent(Honest):
    """A service that answers questions with an agent: Thought, Action and Observation, around the clock.

    ReAct (Yao et al. 2022) in a product; the trajectories are what an agent harvest collects, sent by a
    customer.
    """

    share = 2.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a customer with a research agent."""
        of = firm(setting, dice, office=False, checked=0.5) if dice.chance(0.6) else None
        families = ("framework", "sdk")
        member = customer(setting, dice, "research_agent", families=families, machine=dice.chance(0.8), of=of)
        system = instruction("agent", dice.fork("app"))
        fixed = Asked(stop=["Observation:"]) if dice.chance(0.4) else None
        setup, role = asked(dice, fixed), dice.pick(("tool", "user"))
        shape, weekend = dice.pick((("office", 0.1), ("human", 0.9), ("flat", 1.0), ("flat", 1.0)))
        steps, gap_s = dice.between(3, 12), dice.log_uniform(2, 40)

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s, shape, weekend)
            at_s = runs(dice.numpy(), counts[0], window, number=max(1, counts[0] // steps), gap_s=gap_s)
            return alone(at_s, np.arange(counts[0]) % steps == 0)

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = setting.stock.take(("agent",), len(schedule.at_s), dice)

            def thread(_member: int, moment: int) -> Thread:
                return agent(system, corpus.item(moment), setup, dice.fork("task", moment), steps, role=role)

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(140, 1.0)], plan, speak)
