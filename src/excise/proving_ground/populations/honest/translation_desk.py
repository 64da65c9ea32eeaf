"""Translators and localization jobs."""

from collections.abc import Iterator

from excise.proving_ground.asking import asked
from excise.proving_ground.customers import customer, firm
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, runs, sittings
from excise.proving_ground.said import Asked, Said, Thread, once, relay
from excise.proving_ground.setting import Setting


class TranslationDesk(Honest):
    """A translation desk.

    Segments of texts, one after the other, in two or more languages, all never sent before.

    Batch enrichment and localization are benign twins of the multilingual campaigns that reports describe
    (Google Threat Intelligence Group, February 2026).
    """

    share = 2.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a translation desk."""
        of = firm(setting, dice, office=False, checked=0.4) if dice.chance(0.5) else None
        member = customer(setting, dice, "translation_desk", machine=dice.chance(0.5), of=of)
        systems = [instruction("translator", dice.fork("tongue", n)) for n in range(dice.between(1, 9))]
        setup, batch = asked(dice, Asked(temperature=dice.pick((0.0, 0.2, 0.3)))), dice.chance(0.5)
        genres = dice.pick((("translate",), ("translate", "tongues"), ("tongues",), ("translate", "enrich")))
        shape, number, gap_s = (
            dice.pick(("office", "office", "flat")),
            dice.between(2, 15),
            dice.log_uniform(1, 20),
        )

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s, shape, 0.2)
            if batch:
                return alone(runs(dice.numpy(), counts[0], window, number=number, gap_s=gap_s))
            return alone(sittings(dice.numpy(), counts[0], window, per_sitting=15, gap_s=60)[0])

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = setting.stock.take(genres, len(schedule.at_s), dice)

            def thread(_member: int, moment: int) -> Thread:
                own = dice.fork("segment", moment)
                return once(own.pick(systems), corpus.item(moment), setup, own, 40)

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(90, 1.1)], plan, speak)
