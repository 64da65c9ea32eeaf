"""Evaluation harnesses: the same public benchmark at several unrelated customers."""

from collections.abc import Iterator

from excise.proving_ground.asking import asked
from excise.proving_ground.customers import customer, firm
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, nightly, runs
from excise.proving_ground.said import Asked, Said, Thread, inlined, once, relay
from excise.proving_ground.setting import Setting


class NightlyEvaluation(Honest):
    """A harness that runs a public benchmark, at night or by hand; strangers run the very same one.

    GSM8K (Cobbe et al. 2021), BIG-Bench Hard (Suzgun et al. 2022) and MMLU-Pro are run like this
    everywhere; nightly evaluations are named among the benign twins of the indicators of the joint advisory
    AA26-251A (September 2026).
    """

    share = 3.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a customer who evaluates."""
        of = firm(setting, dice, office=False, checked=0.5) if dice.chance(0.5) else None
        families = ("sdk", "framework", "plain")
        member = customer(
            setting, dice, "nightly_evaluation", families=families, machine=dice.chance(0.8), of=of
        )
        number = min(dice.below(6), dice.below(6))
        public = Dice.of(setting.world.seed, "benchmark", number)
        size, genre = public.between(60, 1300), public.pick(("math", "benchmark", "trivia", "code"))
        # The template of a benchmark is as public as the benchmark; some change it.
        template = instruction("evaluator", public if dice.chance(0.7) else dice)
        several = dice.pick((None,) * 7 + (4, 8))
        setup = asked(dice, Asked(temperature=dice.pick((0.0, 0.0, 0.0, 0.7, 1.0)), n=several))
        every_night, hour, gap_s = dice.chance(0.6), dice.uniform(0, 24), dice.log_uniform(0.3, 6)
        inline, shuffled, number_of_runs = dice.chance(0.6), dice.chance(0.3), dice.between(1, 5)

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s, "office")
            if every_night:
                return alone(nightly(dice.numpy(), counts[0], window, hour=hour, gap_s=gap_s))
            return alone(runs(dice.numpy(), counts[0], window, number=number_of_runs, gap_s=gap_s))

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = setting.stock.public(genre, number, size)

            def thread(_member: int, moment: int) -> Thread:
                own = dice.fork("question", moment)
                item = corpus.item(own.below(corpus.size) if shuffled else moment)
                said = next(once(None if inline else template, item, setup, own, 90, reasoned=not inline))
                return iter([inlined(said, template) if inline else said])

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(160, 0.9)], plan, speak)
