"""Quality probes: fixed questions between the harvest, to notice when the replies are degraded."""

from collections.abc import Iterator

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule
from excise.proving_ground.said import Said, Thread, once
from excise.proving_ground.setting import Setting
from excise.proving_ground.world import Campaign


class QualityProbes(Tactic):
    """A harvest whose accounts also send the same few control questions, again and again.

    And compare the answers.

    "Quality-evaluation probes that detect countermeasures": joint advisory AA26-251A; a probe run of more
    than 12,000 requests: Anthropic threat report, September 2026.
    """

    accounts = (4, 100)
    each = (30, 400)

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a probing campaign."""
        harvest = Harvest.of(setting, dice, campaign, name, dice.pick(("reasoner", "evaluator", None)))
        probes, share = dice.between(3, 25), dice.uniform(0.04, 0.35)

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = harvest.corpus(len(schedule.at_s))
            known = setting.stock.take(("math", "trivia", "code"), probes, dice.fork("probes"))

            def thread(_member: int, moment: int, own: Dice) -> Thread:
                if own.chance(share):
                    return once(None, known.item(own.below(probes)), own.pick(harvest.setups), own, 60)
                return iter([harvest.ask(corpus, moment, own)])

            return harvest.threads(schedule, thread)

        return harvest.party(speak=speak)
