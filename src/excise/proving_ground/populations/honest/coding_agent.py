"""Coding agents in an editor or in CI."""

from collections.abc import Iterator

import numpy as np

from excise.proving_ground.asking import asked
from excise.proving_ground.customers import customer, firm
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, runs
from excise.proving_ground.said import Said, Thread, agent, relay
from excise.proving_ground.setting import Setting


class CodingAgent(Honest):
    """A developer's agent: long trajectories, the whole history in every request, tools, bursts of steps.

    Traces of mini-SWE-agent and of repository agents look like this; CI agents are benign twins of the
    indicators of the joint advisory AA26-251A.
    """

    share = 4.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a developer with an agent."""
        of = firm(setting, dice, office=False, checked=0.5) if dice.chance(0.4) else None
        member = customer(
            setting, dice, "coding_agent", families=("editor", "sdk"), machine=dice.chance(0.3), of=of
        )
        # Agents are sold or published: strangers run the same one, with the same instruction.
        product = Dice.of(setting.world.seed, "coding agent", dice.below(5))
        system = instruction("developer", product if dice.chance(0.7) else dice.fork("own"))
        setup, role = asked(dice), dice.pick(("tool", "tool", "user"))
        shape, weekend = dice.pick((("office", 0.1), ("human", 0.7), ("evening", 1.2), ("flat", 1.0)))
        steps, gap_s = dice.between(4, 16), dice.log_uniform(3, 30)

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s, shape, weekend)
            at_s = runs(dice.numpy(), counts[0], window, number=max(1, counts[0] // steps), gap_s=gap_s)
            return alone(at_s, np.arange(counts[0]) % steps == 0)

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = setting.stock.take(("agent",), len(schedule.at_s), dice)

            def thread(_member: int, moment: int) -> Thread:
                return agent(system, corpus.item(moment), setup, dice.fork("task", moment), steps, role=role)

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(110, 1.0)], plan, speak)
