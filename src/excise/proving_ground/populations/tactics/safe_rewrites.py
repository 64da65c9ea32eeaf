"""Safe rewrites: prepared answers are rewritten to a policy."""

from collections.abc import Iterator

from excise.proving_ground.content.graded import Revised
from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule
from excise.proving_ground.said import Said, Thread, once
from excise.proving_ground.setting import Setting
from excise.proving_ground.world import Campaign


class SafeRewrites(Tactic):
    """Accounts that send their own model's answers and have them corrected.

    Cleaned or made to fit a policy.

    "Censorship-safe" rewrites of answers: Anthropic, February 2026 (DeepSeek); a cleaner of reasoning
    texts, 770,609 exchanges through 273 accounts in ten days: Anthropic threat report, September 2026
    (GTG-16006).
    """

    accounts = (3, 120)
    each = (40, 600)
    genres = ("chat", "trivia", "write", "math", "code")

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a rewriting campaign."""
        harvest = Harvest.of(setting, dice, campaign, name, "reviser")

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = harvest.corpus(len(schedule.at_s))

            def thread(_member: int, moment: int, own: Dice) -> Thread:
                system = harvest.wording.say(own) if harvest.wording else None
                return once(system, Revised(corpus.item(moment), own), own.pick(harvest.setups), own, 90)

            return harvest.threads(schedule, thread)

        return harvest.party(speak=speak)
