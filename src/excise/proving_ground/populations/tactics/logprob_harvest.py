"""Log-probability harvesting."""

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.said import Asked
from excise.proving_ground.setting import Setting
from excise.proving_ground.world import Campaign


class LogprobHarvest(Tactic):
    """A few accounts that ask for the most alternatives per token.

    Because soft labels teach more than words.

    Distillation from output probabilities: Hinton et al. 2015; stealing layers through log-probabilities:
    Carlini et al. 2024 (arXiv 2403.06634).
    """

    accounts = (1, 12)
    each = (80, 800)

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a log-probability campaign."""
        fixed = Asked(
            logprobs=True,
            top_logprobs=dice.pick((20, 20, 10, 5)),
            temperature=dice.pick((0.0, 1.0)),
            max_tokens=dice.pick((1, 8, 64, 256)),
        )
        return Harvest.of(
            setting, dice, campaign, name, dice.pick((None, None, "evaluator")), fixed=fixed
        ).party()
