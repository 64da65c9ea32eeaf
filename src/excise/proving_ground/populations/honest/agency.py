"""Agencies: the accounts of several clients, run and paid by one office."""

from collections.abc import Iterator

import msgspec

from excise.proving_ground.asking import asked
from excise.proving_ground.clients import client
from excise.proving_ground.customers import card, customer, places
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.member import Member
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, sittings
from excise.proving_ground.said import Said, Thread, relay, talk
from excise.proving_ground.setting import Setting
from excise.proving_ground.voices import Voice


class Agency(Honest):
    """An agency that runs accounts for clients.

    One owner, one card, one office, unrelated work in each account.

    Common control that nobody declared, without any harvest: ties alone must not accuse.
    """

    share = 2.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make an agency with its clients' accounts."""
        pays, office = card(dice), places(setting, dice)
        wire = tuple(client(dice) for _ in range(2))
        members: list[Member] = []
        jobs = []
        for n in range(dice.between(3, 12)):
            own = dice.fork("client", n)
            made = customer(
                setting, own, "agency", actor=f"actor-agency-{dice.key:x}", where=office, wire=wire
            )
            if made.account.payment_fingerprint and own.chance(0.8):
                account = msgspec.structs.replace(made.account, payment_fingerprint=pays)
                made = msgspec.structs.replace(made, account=account)
            members.append(made)
            jobs.append((instruction(own.pick(("assistant", "persona", "summarizer")), own), asked(own)))

        def plan(counts: list[int]) -> Schedule:
            parts = []
            for n, count in enumerate(counts):
                window = members[n].window(setting.start_s, setting.end_s, "office", 0.1)
                parts.append(alone(*sittings(dice.numpy(n), count, window, per_sitting=6, gap_s=60), n))
            return Schedule.merged(parts)

        def speak(schedule: Schedule) -> Iterator[Said]:
            total = len(schedule.at_s)
            genres = [
                dice.fork("genre", n).some(("write", "enrich", "support", "chat"), 1)
                for n in range(len(members))
            ]
            corpora = [setting.stock.take(g, total, dice.fork("corpus", n)) for n, g in enumerate(genres)]
            voice = Voice.of(dice)

            def thread(member: int, moment: int) -> Thread:
                system, setup = jobs[member]
                return talk(
                    system, corpora[member].item(moment), setup, dice.fork("work", moment), voice, words=150
                )

            return relay(schedule, thread)

        return Party(members, [dice.log_normal(25, 0.9) for _ in members], plan, speak)
