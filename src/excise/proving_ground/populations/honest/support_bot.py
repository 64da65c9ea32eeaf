"""Support bots: one template, many customers."""

from collections.abc import Iterator

from excise.proving_ground.asking import asked
from excise.proving_ground.customers import customer, firm
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, moments
from excise.proving_ground.said import Said, Thread, once, relay, talk
from excise.proving_ground.setting import Setting
from excise.proving_ground.voices import Voice


class SupportBot(Honest):
    """A firm's help desk: the same long instruction in every request, a new customer in each, at all hours.

    Near-identical templates in volume are what reports call a hallmark of harvesting (Anthropic, February
    2026); here they are a product. Questions as in BANKING77 (Casanueva et al. 2020).
    """

    share = 4.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a firm with a bot."""
        of = firm(setting, dice, office=False, checked=0.6) if dice.chance(0.75) else None
        families = ("sdk", "framework", "plain")
        member = customer(setting, dice, "support_bot", families=families, machine=True, of=of)
        system, setup = instruction("assistant", dice.fork("app")), asked(dice)
        chats, named = dice.chance(0.5), dice.chance(0.5)
        shape = dice.pick(("human", "human", "evening", "flat"))
        length = dice.log_normal(70, 0.4)

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s, shape, 0.8)
            return alone(moments(dice.numpy(), counts[0], setting.busy(window, dice.fork("curve"))))

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = setting.stock.take(("support",), len(schedule.at_s), dice)
            waiting: list[Thread] = []

            def thread(_member: int, moment: int) -> Thread:
                own = dice.fork("customer", moment)
                # Several customers talk at once; now and then one of them goes on.
                if waiting and own.chance(0.4):
                    return iter([next(waiting.pop(own.below(len(waiting))))])
                if chats:
                    talking = talk(system, corpus.item(moment), setup, own, Voice.of(own), words=int(length))
                else:
                    talking = once(system, corpus.item(moment), setup, own, int(length))
                if named:
                    user = f"u{own.below(10**7)}"
                    talking = (said._replace(end_user=user) for said in talking)
                first = next(talking)
                if chats and len(waiting) < 6:
                    waiting.append(talking)
                return iter([first])

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(150, 1.1)], plan, speak)
