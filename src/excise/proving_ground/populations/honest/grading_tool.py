"""Tools that grade: for teachers, and as judges in a test suite."""

from collections.abc import Iterator

from excise.proving_ground.asking import asked
from excise.proving_ground.content.graded import Graded
from excise.proving_ground.customers import customer, firm
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, runs
from excise.proving_ground.said import Asked, Said, Thread, once, relay
from excise.proving_ground.setting import Setting


class GradingTool(Honest):
    """A customer that has answers graded by a rubric.

    An exam tool, or a model as judge in a product's tests.

    LLM-as-a-judge (Zheng et al. 2023, arXiv 2306.05685) is everyday engineering, and what a reward harvest
    looks like.
    """

    share = 1.5

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a customer who grades."""
        of = firm(setting, dice, office=False, checked=0.4) if dice.chance(0.5) else None
        member = customer(
            setting, dice, "grading_tool", families=("sdk", "framework"), machine=dice.chance(0.6), of=of
        )
        system, pairs = instruction("grader", dice.fork("rubric")), dice.chance(0.3)
        setup = asked(
            dice, Asked(temperature=dice.pick((0.0, 0.0, 0.2)), max_tokens=dice.pick((8, 64, 256, 512)))
        )
        items, number, gap_s = dice.between(30, 1500), dice.between(2, 14), dice.log_uniform(0.5, 10)
        shape = dice.pick(("office", "evening", "flat"))

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s, shape)
            return alone(runs(dice.numpy(), counts[0], window, number=number, gap_s=gap_s))

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = setting.stock.take(("homework", "write", "trivia", "support"), items, dice)

            def thread(_member: int, moment: int) -> Thread:
                own = dice.fork("mark", moment)
                return once(system, Graded(corpus.item(own.below(items)), own, pairs=pairs), setup, own, 20)

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(120, 1.1)], plan, speak)
