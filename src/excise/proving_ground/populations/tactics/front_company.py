"""Front company: accounts that pose as the services of one firm with end users of its own."""

from collections.abc import Iterator

import msgspec

from excise.proving_ground.customers import domain
from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule
from excise.proving_ground.said import Said, Thread
from excise.proving_ground.setting import Setting
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.world import Campaign


class FrontCompany(Tactic):
    """Accounts with one mail domain and one organization name, end-user ids on every request.

    And a corpus behind it.

    A shell company that sells access: Anthropic threat report, September 2026 (GTG-16003); abused start-up
    and education programmes: Anthropic, February 2026. The organization is claimed, not checked:
    verification is ``none`` or a bought identity.
    """

    accounts = (3, 60)
    each = (50, 700)

    def tradecraft(self, drawn: Tradecraft, dice: Dice) -> Tradecraft:
        """Claim to be a firm."""
        network = dice.pick(("cloud", "single", "egress", drawn.network))
        return msgspec.structs.replace(
            drawn, mail="domain", network=network, payment=dice.pick(("one", "few"))
        )

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a front company."""
        harvest = Harvest.of(setting, dice, campaign, name, dice.pick(("assistant", "extractor", "reasoner")))
        organization, mailed = f"org_{dice.hex(8)}", domain(dice)
        members = [
            msgspec.structs.replace(
                m,
                account=msgspec.structs.replace(
                    m.account,
                    email_domain=mailed,
                    organization=organization,
                    plan=dice.pick(("team", "enterprise")),
                ),
            )
            for m in harvest.members
        ]
        harvest, users = harvest.with_members(members), dice.between(30, 5000)

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = harvest.corpus(len(schedule.at_s))

            def thread(_member: int, moment: int, own: Dice) -> Thread:
                said = harvest.ask(corpus, moment, own)
                return iter([said._replace(end_user=f"user-{min(own.below(users), own.below(users))}")])

            return harvest.threads(schedule, thread)

        return harvest.party(speak=speak)
