"""Families and flats: one address, one card, people of their own."""

from collections.abc import Iterator

import msgspec

from excise.proving_ground.asking import chatting
from excise.proving_ground.customers import card, customer
from excise.proving_ground.dice import Dice
from excise.proving_ground.member import Member
from excise.proving_ground.networks import Places
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, sittings
from excise.proving_ground.said import Said, Thread, relay, talk
from excise.proving_ground.setting import Setting
from excise.proving_ground.voices import Voice


class Family(Honest):
    """Two to five people of one household.

    One router, often one card, each with interests and hours of their own.

    Shared payment and addresses are what reports tie campaigns by (Anthropic, February 2026); most of the
    time they are a family. Each is an owner of their own.
    """

    share = 4.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a household."""
        home = dice.pick(setting.networks.homes).address(dice)
        pays = card(dice) if dice.chance(0.5) else None
        members: list[Member] = []
        for n in range(dice.between(2, 5)):
            own = dice.fork("person", n)
            carrier = own.pick(setting.networks.mobiles)
            where = Places(
                (home, setting.networks.exit(carrier, own)), stay_s=10800.0, home=own.uniform(0.4, 1.0)
            )
            made = customer(setting, own, "family", families=("chat",), where=where)
            if pays and made.account.payment_fingerprint:
                account = msgspec.structs.replace(made.account, payment_fingerprint=pays)
                made = msgspec.structs.replace(made, account=account)
            members.append(made)

        def plan(counts: list[int]) -> Schedule:
            parts = []
            for n, count in enumerate(counts):
                shape = dice.fork("shape", n).pick(("human", "evening", "office"))
                window = members[n].window(setting.start_s, setting.end_s, shape)
                parts.append(alone(*sittings(dice.numpy(n), count, window, per_sitting=4, gap_s=80), n))
            return Schedule.merged(parts)

        def speak(schedule: Schedule) -> Iterator[Said]:
            total = len(schedule.at_s)
            tastes = [
                dice.fork("taste", n).some(("chat", "write", "homework", "plan", "roleplay"), 2)
                for n in range(5)
            ]
            corpora = [setting.stock.take(t, total, dice.fork("corpus", n)) for n, t in enumerate(tastes)]
            voices = [Voice.of(dice.fork("voice", n)) for n in range(5)]
            setups = [chatting(dice.fork("asked", n)) for n in range(5)]

            def thread(member: int, moment: int) -> Thread:
                own = dice.fork("talk", moment)
                return talk(
                    None, corpora[member].item(moment), setups[member], own, voices[member], words=120
                )

            return relay(schedule, thread)

        return Party(members, [dice.log_normal(14, 1.2) for _ in members], plan, speak)
