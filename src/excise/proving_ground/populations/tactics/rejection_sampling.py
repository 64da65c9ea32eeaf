"""Rejection sampling: several answers to each question, of which the best are kept."""

from collections.abc import Iterator

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule
from excise.proving_ground.said import Asked, Said, Thread
from excise.proving_ground.setting import Setting
from excise.proving_ground.world import Campaign


class RejectionSampling(Tactic):
    """Some accounts that draw several answers to each question: with ``n``, or by asking again.

    Sampling many answers and training on those that pass: STaR (Zelikman et al. 2022), rejection-sampling
    fine-tuning (Yuan et al. 2023, arXiv 2308.01825).
    """

    accounts = (2, 25)
    each = (40, 700)
    genres = ("math", "code", "benchmark", "trivia")

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a rejection-sampling campaign."""
        at_once = dice.chance(0.6)
        times = dice.between(3, 9)
        fixed = Asked(n=times if at_once else None, temperature=dice.pick((0.7, 0.8, 1.0)))
        harvest = Harvest.of(
            setting, dice, campaign, name, dice.pick(("reasoner", "evaluator", None)), fixed=fixed
        )

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = harvest.corpus(len(schedule.at_s))

            def thread(_member: int, moment: int, own: Dice) -> Thread:
                return iter([harvest.ask(corpus, moment if at_once else moment // times, own, reasoned=True)])

            return harvest.threads(schedule, thread)

        return harvest.party(speak=speak)
