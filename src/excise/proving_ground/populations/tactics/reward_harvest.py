"""Reward harvesting: the model grades answers, and its grades become a reward model."""

from collections.abc import Iterator

from excise.proving_ground.content.graded import Graded
from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule
from excise.proving_ground.said import Asked, Said, Thread, once
from excise.proving_ground.setting import Setting
from excise.proving_ground.world import Campaign


class RewardHarvest(Tactic):
    """Accounts that have answers graded by a rubric, or pairs of them compared.

    Rubric-based grading, with the provider's model as a reward model: Anthropic, February 2026 (DeepSeek);
    preferences of a model as training data: Lee et al. 2023 (RLAIF, arXiv 2309.00267).
    """

    accounts = (2, 60)
    each = (40, 700)

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a grading campaign."""
        fixed = Asked(temperature=dice.pick((0.0, 0.0, 0.2, 1.0)), max_tokens=dice.pick((4, 16, 256, 512)))
        harvest = Harvest.of(setting, dice, campaign, name, "grader", fixed=fixed)
        pairs = dice.chance(0.5)

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = harvest.corpus(len(schedule.at_s))

            def thread(_member: int, moment: int, own: Dice) -> Thread:
                graded = Graded(corpus.item(moment), own, pairs=pairs)
                system = harvest.wording.say(own) if harvest.wording else None
                return once(system, graded, own.pick(harvest.setups), own, 20)

            return harvest.threads(schedule, thread)

        return harvest.party(speak=speak)
