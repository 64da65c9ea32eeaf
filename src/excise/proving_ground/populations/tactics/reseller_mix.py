"""Reseller mix: a transfer station relays paying customers and harvests beside them."""

from collections.abc import Iterator

import msgspec

from excise.proving_ground.asking import chatting
from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule
from excise.proving_ground.said import Said, Thread, talk
from excise.proving_ground.setting import Setting
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.voices import Voice
from excise.proving_ground.world import Campaign


class ResellerMix(Tactic):
    """A pool of accounts behind a reseller: most requests are of unrelated people, the rest harvests.

    300,000 customer requests relayed in ten days through 5,380 accounts: Anthropic threat report, September
    2026 (GTG-16002); "transfer stations": joint advisory AA26-251A; 428 routers studied: "Your Agent Is
    Mine" (arXiv 2604.08407).
    """

    accounts = (5, 200)
    each = (30, 500)

    def tradecraft(self, drawn: Tradecraft, dice: Dice) -> Tradecraft:
        """Relay others for half and more of the traffic."""
        return msgspec.structs.replace(
            drawn, cover=dice.uniform(0.4, 0.8), order=dice.pick(("round", "random"))
        )

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a transfer station."""
        harvest = Harvest.of(setting, dice, campaign, name, dice.pick(("reasoner", "assistant", None)))
        customers, shown = dice.between(20, 2000), dice.chance(0.3)
        share = campaign.tradecraft.cover
        uncovered = msgspec.structs.replace(campaign.tradecraft, cover=0.0)
        harvest = harvest.with_campaign(msgspec.structs.replace(campaign, tradecraft=uncovered))

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = harvest.corpus(len(schedule.at_s))
            relayed = setting.stock.take(
                ("chat", "code", "write", "tongues", "roleplay"), len(schedule.at_s), dice
            )

            def thread(_member: int, moment: int, own: Dice) -> Thread:
                if not own.chance(share):
                    return iter([harvest.ask(corpus, moment, own)])
                number = min(own.below(customers), own.below(customers))
                voice, setup = Voice.of(dice.fork("customer", number)), chatting(dice.fork("program", number))
                said = next(talk(None, relayed.item(moment), setup, own, voice, words=120))
                said = said._replace(cover=True)
                return iter([said._replace(end_user=f"c{number}") if shown else said])

            return harvest.threads(schedule, thread)

        return harvest.party(speak=speak)
