"""A licensed distiller, under a programme."""

from collections.abc import Iterator

from excise.proving_ground.asking import asked
from excise.proving_ground.customers import customer, firm, places
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, moments
from excise.proving_ground.said import Asked, Said, Thread, once, relay
from excise.proving_ground.setting import Setting


class LicensedDistiller(Honest):
    """A customer whose contract allows what harvesters do.

    A corpus, reasoning, volume. Its accounts are exempt.

    Research access and licensed distillation are programmes; detection must see the behavior and casework
    excuse it.
    """

    share = 0.6

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a licensed customer with one to four accounts."""
        of = firm(setting, dice, office=False, checked=1.0)
        programme = dice.pick(("licensed-distillation", "synthetic-data", "research-access"))
        shared = places(setting, dice, machine=True)
        members = [
            customer(
                setting,
                dice.fork("account", n),
                "licensed_distiller",
                actor=of.organization,
                of=of,
                where=shared,
                families=("sdk", "plain"),
                programme=programme,
            )
            for n in range(dice.pick((1, 1, 2, 4)))
        ]
        system = instruction(dice.pick(("reasoner", "generator", "evaluator")), dice.fork("job"))
        setup = asked(dice, Asked(n=dice.pick((None, None, 4))))

        def plan(counts: list[int]) -> Schedule:
            parts = []
            for n, count in enumerate(counts):
                window = members[n].window(setting.start_s, setting.end_s, "flat")
                parts.append(alone(moments(dice.numpy(n), count, window), who=n))
            return Schedule.merged(parts)

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = setting.stock.harvest(("math", "code", "write", "trivia"), len(schedule.at_s), dice)

            def thread(_member: int, moment: int) -> Thread:
                return once(system, corpus.item(moment), setup, dice.fork("send", moment), 200, reasoned=True)

            return relay(schedule, thread)

        return Party(members, [dice.log_normal(300, 0.8) for _ in members], plan, speak)
