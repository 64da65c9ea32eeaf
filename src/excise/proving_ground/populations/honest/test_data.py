"""Test data: a product team has the model invent rows."""

from collections.abc import Iterator

from excise.proving_ground.asking import asked
from excise.proving_ground.content.graded import Examples
from excise.proving_ground.customers import customer, firm
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, runs
from excise.proving_ground.said import Asked, Said, Thread, once, relay
from excise.proving_ground.setting import Setting


class TestData(Honest):
    """A team that has examples invented, for tests and demonstrations of its own product.

    Few-shot lists continued.

    Customers that make synthetic data are benign twins of the indicators of the joint advisory AA26-251A;
    the calls look like Self-Instruct (Wang et al. 2022).
    """

    share = 1.0
    __test__ = False  # a kind of customer, not a test

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a customer who invents test data."""
        of = firm(setting, dice, office=False, checked=0.5) if dice.chance(0.7) else None
        member = customer(setting, dice, "test_data", families=("sdk", "framework", "plain"), of=of)
        system, shown, pool = (
            instruction("generator", dice.fork("job")),
            dice.between(1, 6),
            dice.between(5, 120),
        )
        genre = dice.pick(("support", "label", "extract", "enrich", "chat"))
        setup = asked(dice, Asked(temperature=dice.pick((0.7, 0.9, 1.0))))
        number, gap_s = dice.between(1, 10), dice.log_uniform(2, 20)

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s, "office", 0.1)
            return alone(runs(dice.numpy(), counts[0], window, number=number, gap_s=gap_s))

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = setting.stock.take((genre,), pool, dice)

            def thread(_member: int, moment: int) -> Thread:
                own = dice.fork("more", moment)
                return once(system, Examples(corpus, own, shown), setup, own, 150)

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(60, 1.0)], plan, speak)
