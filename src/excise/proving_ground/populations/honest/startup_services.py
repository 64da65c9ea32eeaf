"""A start-up whose services each have an account."""

from collections.abc import Iterator

from excise.proving_ground.asking import asked
from excise.proving_ground.clients import client
from excise.proving_ground.customers import customer, firm, places
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.member import Member
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, moments, runs
from excise.proving_ground.said import Said, Thread, once, relay
from excise.proving_ground.setting import Setting


class StartupServices(Honest):
    """One small firm with an account per service and stage.

    One card, one cloud, different work, machine hours.

    Several accounts of one owner around the clock, mostly not verified: what a squad looks like on file.
    """

    share = 3.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a start-up."""
        of = firm(setting, dice, office=False, checked=0.3)
        if dice.chance(0.4):
            of = of._replace(organization=None, verification="none")
        shared, wire = places(setting, dice, machine=True), (client(dice, "sdk", "framework", "plain"),)
        members: list[Member] = []
        services = []
        for n in range(dice.between(2, 7)):
            own = dice.fork("service", n)
            where = shared if own.chance(0.7) else None
            made = customer(
                setting,
                own,
                "startup_services",
                actor=f"actor-{of.domain}-{dice.key:x}",
                of=of,
                where=where,
                machine=True,
                wire=wire if own.chance(0.6) else None,
            )
            members.append(made)
            flavor, genre = own.pick(_SERVICES)
            shape = own.pick(("flat", "human", "office"))
            services.append((instruction(flavor, own), genre, asked(own), shape, own.pick((3, 60, 150))))

        def plan(counts: list[int]) -> Schedule:
            parts = []
            for n, count in enumerate(counts):
                window = members[n].window(setting.start_s, setting.end_s, services[n][3])
                rng = dice.numpy(n)
                at_s = moments(rng, count, window) if n % 2 else runs(rng, count, window, number=9, gap_s=3)
                parts.append(alone(at_s, who=n))
            return Schedule.merged(parts)

        def speak(schedule: Schedule) -> Iterator[Said]:
            total = len(schedule.at_s)
            corpora = [
                setting.stock.take((s[1],), total, dice.fork("corpus", n)) for n, s in enumerate(services)
            ]

            def thread(member: int, moment: int) -> Thread:
                system, _, setup, _, length = services[member]
                return once(system, corpora[member].item(moment), setup, dice.fork("call", moment), length)

            return relay(schedule, thread)

        return Party(members, [dice.log_normal(90, 1.2) for _ in members], plan, speak)


_SERVICES = (
    ("assistant", "support"),
    ("summarizer", "summarize"),
    ("extractor", "extract"),
    ("labeler", "label"),
    ("translator", "translate"),
    ("persona", "roleplay"),
    ("reasoner", "math"),
)
