"""Prompt bootstrapping: the model invents the tasks of the corpus."""

from collections.abc import Iterator

from excise.proving_ground.content.graded import Examples
from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule
from excise.proving_ground.said import Asked, Said, Thread, inlined, once
from excise.proving_ground.setting import Setting
from excise.proving_ground.world import Campaign


class PromptBootstrap(Tactic):
    """Accounts that show the model a few tasks and ask for more, again and again.

    Or for harder versions of one.

    Self-Instruct (Wang et al. 2022, arXiv 2212.10560); Evol-Instruct (Xu et al. 2023, arXiv 2304.12244).
    """

    accounts = (2, 40)
    each = (40, 600)
    genres = ("write", "code", "math", "trivia", "plan", "chat")

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a bootstrapping campaign."""
        shown = dice.between(1, 8)
        stop = [f"\n{shown + dice.between(8, 16)}."] if dice.chance(0.4) else None
        fixed = Asked(temperature=dice.pick((0.7, 0.7, 1.0)), stop=stop)
        harvest = Harvest.of(setting, dice, campaign, name, "generator", fixed=fixed)
        pool = dice.between(60, 3000)

        def speak(schedule: Schedule) -> Iterator[Said]:
            seeds = harvest.corpus(pool)

            def thread(_member: int, _moment: int, own: Dice) -> Thread:
                wording = harvest.wording.say(own) if harvest.wording else ""
                setup, length = own.pick(harvest.setups), int(own.log_normal(220, 0.5))
                said = next(once(None, Examples(seeds, own, shown), setup, own, length))
                return iter([inlined(said, wording)])

            return harvest.threads(schedule, thread)

        return harvest.party(speak=speak)
