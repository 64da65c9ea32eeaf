"""A company of linked seats."""

from collections.abc import Iterator

from excise.proving_ground.asking import chatting
from excise.proving_ground.clients import client
from excise.proving_ground.customers import customer, firm
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.member import Member
from excise.proving_ground.networks import Places
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, sittings
from excise.proving_ground.said import Said, Thread, relay, talk
from excise.proving_ground.setting import Setting
from excise.proving_ground.voices import Voice


class CompanySeats(Honest):
    """One firm with many seats.

    One organization, checked against a registry, one card, the addresses of its offices.

    Openly one owner: what accuses is concealment, and nothing is concealed here.
    """

    share = 4.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a company."""
        of = firm(setting, dice, office=True, checked=0.9)
        assert of.office is not None
        exits = tuple(of.office.address(dice) for _ in range(dice.between(1, 5)))
        tool = instruction("assistant", dice.fork("tool")) if dice.chance(0.6) else None
        wire = (client(dice, "chat"),) if dice.chance(0.6) else None
        members: list[Member] = []
        for n in range(dice.between(5, 40)):
            own = dice.fork("seat", n)
            where = Places(exits, stay_s=14400.0)
            if own.chance(0.5):
                where = Places((*exits, own.pick(setting.networks.homes).address(own)), stay_s=28800.0)
            made = customer(
                setting, own, "company_seats", actor=of.organization, of=of, where=where, wire=wire
            )
            members.append(made)

        def plan(counts: list[int]) -> Schedule:
            parts = []
            for n, count in enumerate(counts):
                window = members[n].window(setting.start_s, setting.end_s, "office", 0.05)
                at_s, opens = sittings(dice.numpy(n), count, window, per_sitting=4, gap_s=100)
                parts.append(alone(at_s, opens, n))
            return Schedule.merged(parts)

        def speak(schedule: Schedule) -> Iterator[Said]:
            genres = dice.some(("write", "chat", "code", "extract", "summarize", "translate"), 3)
            corpus = setting.stock.take(genres, len(schedule.at_s), dice)
            voices = [Voice.of(dice.fork("voice", n)) for n in range(len(members))]
            setup = chatting(dice)

            def thread(member: int, moment: int) -> Thread:
                return talk(
                    tool, corpus.item(moment), setup, dice.fork("talk", moment), voices[member], words=150
                )

            return relay(schedule, thread)

        return Party(members, [dice.log_normal(16, 0.9) for _ in members], plan, speak)
