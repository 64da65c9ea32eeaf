"""A class behind one address, at the same homework."""

from collections.abc import Iterator

import msgspec

from excise.proving_ground.asking import chatting
from excise.proving_ground.customers import customer, firm
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.member import Member
from excise.proving_ground.networks import Places
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, sittings
from excise.proving_ground.said import Said, Thread, relay, talk
from excise.proving_ground.setting import DAY_S, Setting
from excise.proving_ground.voices import Voice


class ClassHomework(Honest):
    """Students of one course: fresh accounts, one campus network, the same exercises in the same week.

    A class behind one NAT is the oldest false alarm of account linking; every student is an owner of their
    own.
    """

    share = 3.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a class."""
        campus = dice.pick(setting.networks.campuses)
        exits = tuple(campus.address(dice) for _ in range(dice.pick((1, 1, 2, 6))))
        of = firm(setting, dice, office=False, checked=0.6)._replace(card=None)
        signed_up = dice.chance(0.5)
        opened_s = setting.start_s - dice.uniform(-2, 20) * DAY_S
        members: list[Member] = []
        for n in range(dice.between(12, 45)):
            own = dice.fork("student", n)
            where = Places(exits, stay_s=7200.0)
            if own.chance(0.4):
                home = own.pick(setting.networks.homes).address(own)
                where = Places((home, *exits), stay_s=7200.0, home=0.5)
            made = customer(setting, own, "class_homework", of=of, where=where)
            if signed_up:
                account = msgspec.structs.replace(
                    made.account, created_at=round(opened_s + own.uniform(0, 2) * DAY_S, 3)
                )
                made = msgspec.structs.replace(made, account=account)
            plan_name = msgspec.structs.replace(made.account, plan="education")
            members.append(msgspec.structs.replace(made, account=plan_name, actor=made.account.account))
        sheet, size = dice.between(0, 10**6), dice.between(4, 25)
        template = instruction("reasoner", dice.fork("sheet")) if dice.chance(0.3) else None
        deadline_s = setting.start_s + dice.uniform(1, setting.world.days) * DAY_S

        def plan(counts: list[int]) -> Schedule:
            parts = []
            for n, count in enumerate(counts):
                window = members[n].window(setting.start_s, setting.end_s, "human")
                # Most of the work is done in the days before the deadline.
                late = max(window.start_s, min(deadline_s - 3 * DAY_S, window.end_s - DAY_S))
                at_s, opens = sittings(
                    dice.numpy(n), count, window._replace(start_s=late), per_sitting=5, gap_s=90
                )
                parts.append(alone(at_s, opens, n))
            return Schedule.merged(parts)

        def speak(schedule: Schedule) -> Iterator[Said]:
            exercises = setting.stock.public("homework", sheet, size)
            voices = [Voice.of(dice.fork("voice", n)) for n in range(len(members))]
            setups = [chatting(dice.fork("asked", n)) for n in range(len(members))]

            def thread(member: int, moment: int) -> Thread:
                own = dice.fork("ask", moment)
                item = exercises.item(own.below(size))
                return talk(template, item, setups[member], own, voices[member], words=130)

            return relay(schedule, thread)

        return Party(members, [dice.log_normal(12, 0.7) for _ in members], plan, speak)
