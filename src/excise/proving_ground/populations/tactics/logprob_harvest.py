"""Log-probability harvesting."""

from collections.abc import Iterator

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule, moments
from excise.proving_ground.said import Said
from excise.proving_ground.setting import Setting
from excise.proving_ground.world import Campaign


class LogprobHarvest(Tactic):
    """A few accounts that ask for the most alternatives per token, because soft labels teach more than words.

    Distillation from output probabilities: Hinton et al. 2015; stealing layers through log-probabilities:
    Carlini et al. 2024 (arXiv 2403.06634).
    """

    accounts = (1, 12)
    each = (80, 800)

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a log-probability campaign."""
        harvest = Harvest.of(
            setting, dice, campaign, name, flavor=dice.pick((None, None, "evaluator")),
            logprobs=True, top_logprobs=dice.pick((20, 20, 10, 5)), temperature=dice.pick((0.0, 1.0)),
            max_tokens=dice.pick((1, 8, 64, 256)),
        )  # fmt: skip

        def plan(counts: list[int]) -> Schedule:
            return harvest.queue(counts, moments(dice.numpy(), sum(counts), harvest.window))

        def speak(schedule: Schedule) -> Iterator[Said]:
            return harvest.send(schedule)

        return harvest.party(plan, speak)
