"""Batch jobs: a table is sent through the model row by row."""

from collections.abc import Iterator

from excise.proving_ground.asking import asked
from excise.proving_ground.customers import customer, firm
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, regular, runs
from excise.proving_ground.said import Asked, Said, Thread, inlined, once, relay
from excise.proving_ground.setting import Setting


class BatchLabeling(Honest):
    """A job that labels or enriches a table.

    One instruction, rows that never repeat, machine gaps, long runs.

    Batch enrichment is one of the benign twins of the indicators of the joint advisory AA26-251A (September
    2026). Some ask for log-probabilities, to set a threshold on the label.
    """

    share = 3.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a batch customer."""
        of = firm(setting, dice, office=False, checked=0.5) if dice.chance(0.5) else None
        families = ("sdk", "framework", "plain")
        member = customer(setting, dice, "batch_labeling", families=families, machine=dice.chance(0.7), of=of)
        flavor, genre = dice.pick(_JOBS)
        system, inline = instruction(flavor, dice.fork("job")), dice.chance(0.4)
        fixed = Asked(temperature=dice.pick((0.0, 0.0, 0.2, 1.0)))
        if dice.chance(0.12):
            fixed = Asked(temperature=0.0, logprobs=True, top_logprobs=dice.pick((None, 1, 5, 20)))
        setup = asked(dice, fixed)
        number, gap_s, steady = dice.between(1, 12), dice.log_uniform(0.4, 8), dice.chance(0.25)
        length, shape, jitter = (
            dice.pick((2, 2, 30, 60)),
            dice.pick(("office", "flat")),
            dice.uniform(0.02, 0.4),
        )

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s, shape)
            if steady:
                return alone(regular(dice.numpy(), counts[0], window, jitter=jitter))
            return alone(runs(dice.numpy(), counts[0], window, number=number, gap_s=gap_s))

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = setting.stock.take((genre,), len(schedule.at_s), dice)

            def thread(_member: int, moment: int) -> Thread:
                own = dice.fork("row", moment)
                said = next(once(None if inline else system, corpus.item(moment), setup, own, length))
                return iter([inlined(said, system) if inline else said])

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(190, 1.2)], plan, speak)


_JOBS = (
    ("labeler", "label"),
    ("extractor", "extract"),
    ("summarizer", "summarize"),
    ("labeler", "support"),
    ("extractor", "enrich"),
)
