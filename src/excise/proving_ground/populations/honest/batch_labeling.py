"""Batch jobs: a table is sent through the model row by row."""

from collections.abc import Iterator

from excise.proving_ground.asking import asked
from excise.proving_ground.customers import customer, firm
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, regular, runs
from excise.proving_ground.said import Said, inlined, once, relay
from excise.proving_ground.setting import Setting


class BatchLabeling(Honest):
    """A job that labels or enriches a table: one instruction, rows that never repeat, machine gaps, long
    runs.

    One of the benign twins of the joint advisory's indicators (AA26-251A, September 2026): batch enrichment.
    """

    share = 3.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a batch customer."""
        of = firm(setting, dice, office=False, checked=0.5) if dice.chance(0.5) else None
        member = customer(
            setting,
            dice,
            "batch_labeling",
            families=("sdk", "framework", "plain"),
            machine=dice.chance(0.7),
            of=of,
        )
        flavor, genre = dice.pick(
            (
                ("labeler", "label"),
                ("extractor", "extract"),
                ("summarizer", "summarize"),
                ("labeler", "support"),
                ("extractor", "enrich"),
            )
        )
        system = instruction(flavor, dice.fork("job"))
        inline = dice.chance(0.4)
        setup = asked(
            dice,
            temperature=dice.pick((0.0, 0.0, 0.2, 1.0, None)),
            logprobs=True if dice.chance(0.12) else None,
        )
        if setup.logprobs:
            setup = asked(dice, temperature=0.0, logprobs=True, top_logprobs=dice.pick((None, 1, 5, 20)))
        number, gap_s, steady = dice.between(1, 12), dice.log_uniform(0.4, 8), dice.chance(0.25)
        length = dice.pick((2, 2, 30, 60))

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s, dice.pick(("office", "flat")))
            if steady:
                return alone(regular(dice.numpy(), counts[0], window, jitter=dice.uniform(0.02, 0.4)))
            return alone(runs(dice.numpy(), counts[0], window, number=number, gap_s=gap_s))

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = setting.stock.take([genre], len(schedule.at_s), dice)
            serial = iter(range(len(schedule.at_s)))

            def thread(_: int) -> Iterator[Said]:
                n = next(serial)
                own = dice.fork("row", n)
                said = next(once(None if inline else system, corpus.item(n), setup, own, length))
                return iter([inlined(said, system) if inline else said])

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(420, 1.2)], plan, speak)
