"""Workshops and hackathons: strangers who sign up together and start from the same code."""

from collections.abc import Iterator

import msgspec

from excise.proving_ground.asking import asked
from excise.proving_ground.clients import client
from excise.proving_ground.customers import customer
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.member import Member
from excise.proving_ground.networks import Places
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, sittings
from excise.proving_ground.said import Said, Thread, once, relay
from excise.proving_ground.setting import DAY_S, Setting


class Workshop(Honest):
    """Strangers at one event.

    Accounts opened within hours, one network, one client, the same starter instruction.

    Fresh accounts in a burst with no payment on file and one template: everything but a harvest. Abuse of
    start-up programmes is reported (Anthropic, February 2026); this is their use.
    """

    share = 3.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make an event."""
        venue = dice.pick((*setting.networks.homes, *setting.networks.campuses))
        exits = tuple(venue.address(dice) for _ in range(dice.between(1, 3)))
        begins_s = setting.start_s + dice.uniform(0, max(0.5, setting.world.days - 2)) * DAY_S
        wire, free = (client(dice, "sdk", "framework"),), dice.chance(0.6)
        starter = instruction(
            dice.pick(("assistant", "agent", "reasoner", "extractor")), dice.fork("starter")
        )
        members: list[Member] = []
        for n in range(dice.between(8, 50)):
            own = dice.fork("guest", n)
            where = Places((*exits, own.pick(setting.networks.homes).address(own)), stay_s=14400.0)
            made = customer(setting, own, "workshop", where=where, wire=wire)
            created = round(begins_s + own.uniform(0, 3) * 3600.0, 3)
            paid = None if free else made.account.payment_fingerprint
            account = msgspec.structs.replace(made.account, created_at=created, payment_fingerprint=paid)
            members.append(msgspec.structs.replace(made, account=account))

        def plan(counts: list[int]) -> Schedule:
            parts = []
            for n, count in enumerate(counts):
                window = members[n].window(begins_s, min(setting.end_s, begins_s + 3 * DAY_S), "human")
                parts.append(alone(*sittings(dice.numpy(n), count, window, per_sitting=9, gap_s=50), n))
            return Schedule.merged(parts)

        def speak(schedule: Schedule) -> Iterator[Said]:
            total = len(schedule.at_s)
            corpus = setting.stock.take(("chat", "code", "support", "plan", "extract"), total, dice)
            setups = [asked(dice.fork("asked", n // 4)) for n in range(len(members))]
            own_prompt = [instruction("assistant", dice.fork("own", n)) for n in range(len(members))]

            def thread(member: int, moment: int) -> Thread:
                own = dice.fork("try", moment)
                # They begin with the starter and change it as the event goes on.
                system = starter if own.chance(0.6) else own_prompt[member]
                return once(system, corpus.item(moment), setups[member], own, 110)

            return relay(schedule, thread)

        return Party(members, [dice.log_normal(18, 0.8) for _ in members], plan, speak)
