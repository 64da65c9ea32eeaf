"""Researchers who need log-probabilities or many samples."""

from collections.abc import Iterator

from excise.proving_ground.asking import asked
from excise.proving_ground.customers import customer, firm
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.networks import Places
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, runs
from excise.proving_ground.said import Asked, Said, Thread, inlined, once, relay
from excise.proving_ground.setting import Setting


class ProbabilityResearch(Honest):
    """A university account that asks for log-probabilities or many samples.

    Calibration and uncertainty studies.

    Self-consistency (Wang et al. 2022, arXiv 2203.11171) and semantic entropy (Farquhar et al. 2024) need
    just what rejection sampling and soft-label harvests ask for.
    """

    share = 1.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a researcher."""
        of = firm(setting, dice, office=False, checked=0.4) if dice.chance(0.6) else None
        campus = dice.pick(setting.networks.campuses)
        where = Places((campus.address(dice),)) if dice.chance(0.6) else None
        member = customer(
            setting, dice, "probability_research", families=("sdk", "plain"), of=of, where=where
        )
        if dice.chance(0.5):
            fixed = Asked(
                logprobs=True, top_logprobs=dice.pick((1, 5, 20)), max_tokens=dice.pick((1, 16, 256))
            )
        else:
            fixed = Asked(n=dice.between(3, 12), temperature=dice.pick((0.7, 1.0)))
        setup, number, size = asked(dice, fixed), dice.between(1, 8), dice.between(40, 600)
        benchmark, inline = min(dice.below(6), dice.below(6)), instruction("evaluator", dice.fork("prompt"))
        public = dice.chance(0.6)

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s, "human")
            return alone(
                runs(
                    dice.numpy(), counts[0], window, number=number, gap_s=dice.fork("gap").log_uniform(0.5, 6)
                )
            )

        def speak(schedule: Schedule) -> Iterator[Said]:
            stock = setting.stock
            corpus = (
                stock.public("benchmark", benchmark, size)
                if public
                else stock.take(("math", "trivia"), size, dice)
            )

            def thread(_member: int, moment: int) -> Thread:
                said = next(once(None, corpus.item(moment), setup, dice.fork("sample", moment), 60))
                return iter([inlined(said, inline)])

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(120, 0.9)], plan, speak)
