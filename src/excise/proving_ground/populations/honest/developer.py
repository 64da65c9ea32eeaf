"""Developers who try things with a library."""

from collections.abc import Iterator

from excise.proving_ground.asking import asked
from excise.proving_ground.customers import customer
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, runs, sittings
from excise.proving_ground.said import Said, Thread, once, relay
from excise.proving_ground.setting import Setting


class Developer(Honest):
    """A developer who builds something.

    Bursts of scripted requests by day, a prompt that changes from day to day.

    The everyday look-alike of a harvester's first week; CI agents and migrations are named as benign twins
    of the indicators of the joint advisory AA26-251A.
    """

    share = 16.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a developer."""
        member = customer(setting, dice, "developer", families=("sdk", "framework", "plain", "shell"))
        flavor = dice.pick(
            ("assistant", "extractor", "labeler", "summarizer", "reasoner", "developer", "persona")
        )
        genres = dice.some(
            ("code", "extract", "label", "summarize", "math", "chat", "support"), dice.between(1, 3)
        )
        looped, versions = dice.chance(0.4), dice.between(1, 8)
        shape, weekend = dice.pick((("office", 0.1), ("human", 0.9), ("evening", 1.3), ("flat", 1.0)))
        length, tests = dice.log_normal(120, 0.7), dice.between(5, 200)
        number, gap_s = dice.between(1, 9), dice.uniform(1, 9)

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s, shape, weekend)
            if looped:
                return alone(runs(dice.numpy(), counts[0], window, number=number, gap_s=gap_s))
            return alone(sittings(dice.numpy(), counts[0], window, per_sitting=8, gap_s=45)[0])

        def speak(schedule: Schedule) -> Iterator[Said]:
            total = len(schedule.at_s)
            # The same few test inputs are sent again and again while the prompt changes.
            corpus = setting.stock.take(genres, min(total, tests), dice)

            def thread(_member: int, moment: int) -> Thread:
                version, own = moment * versions // total, dice.fork("try", moment)
                system = instruction(flavor, dice.fork("version", version))
                setup, item = asked(dice.fork("asked", version // 2)), corpus.item(own.below(corpus.size))
                return once(system, item, setup, own, int(own.log_normal(length, 0.4)))

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(28, 1.3)], plan, speak)
