"""The run: a suspect, and the controls beside it, are asked step by step until the stopping rule says so."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from msgspec import Struct

from excise.lineage.entries import Question, Result
from excise.lineage.journal import Journal, Journaled
from excise.lineage.methods import Evidence, Fact, Reading, Step
from excise.lineage.planning import Asking, Plan
from excise.lineage.suspects import Ask, Asked, NoAnswer

PLACEBO = "placebo"
"""The role of the suspect itself, asked about texts of which none was served."""

_MOST_ROWS_NAMED = 8

Role = Literal["suspect", "control", "placebo"]
Ended = Literal["bits", "budget", "asked"]


class Gap(Struct, frozen=True, kw_only=True):
    """Questions of one model that got no answer that could be believed, for one reason.

    ``rows`` are the first rows that they were about.
    """

    why: str
    questions: int
    rows: tuple[str, ...]


class Course(Struct, frozen=True, kw_only=True):
    """How the evidence about one model went.

    Attributes:
        role: what the model is to the test.
        name: the model.
        readings: one a step, in order.
        asked: questions that went to it for these steps.
        gaps: those of them that got no answer that could be believed, by reason.
        bits: the evidence in the end; None from a method that gives leads.
        facts: what else was measured.
    """

    role: Role
    name: str
    readings: tuple[Reading, ...]
    asked: int
    gaps: tuple[Gap, ...]
    bits: float | None
    facts: tuple[Fact, ...]

    @property
    def counted(self) -> int:
        """How many steps counted."""
        return sum(reading.score is not None for reading in self.readings)


class Run(Struct, frozen=True, kw_only=True):
    """What came out of it: the suspect first, then the controls; and why it ended there."""

    courses: tuple[Course, ...]
    ended: Ended


class Moment(NamedTuple):
    """How far a run is: ``bits`` of the suspect, and the most of any control, None where there are none."""

    steps: int
    of_steps: int
    asked: int
    bits: float | None
    control_bits: float | None


class _Side:
    """One model in the run, with its own questions and its own evidence."""

    def __init__(self, role: Role, model: Journaled, steps: Sequence[Step], evidence: Evidence) -> None:
        self.role = role
        self.model = model
        self.steps = steps
        self.evidence = evidence
        self.readings: list[Reading] = []
        self.asked = 0
        self.gaps: dict[str, list[str]] = {}

    def read(self, step: Step, answers: Sequence[Result], beside: Sequence[Sequence[Result]]) -> Reading:
        reading = self.evidence.read(step, answers, beside)
        self.readings.append(reading)
        self.asked += len(step.questions)
        for answer in answers:
            if isinstance(answer, NoAnswer):
                self.gaps.setdefault(answer.why, []).append(step.row)
        return reading

    def course(self) -> Course:
        return Course(
            role=self.role,
            name=self.model.name,
            readings=tuple(self.readings),
            asked=self.asked,
            gaps=tuple(
                Gap(why=why, questions=len(rows), rows=tuple(dict.fromkeys(rows))[:_MOST_ROWS_NAMED])
                for why, rows in sorted(self.gaps.items(), key=lambda item: (-len(item[1]), item[0]))
            ),
            bits=self.evidence.bits,
            facts=self.evidence.facts(),
        )


def run(plan: Plan, asking: Asking, journal: Journal, told: Callable[[Moment], None]) -> Run:
    """Ask until enough is known.

    Args:
        plan: the test.
        asking: who is asked; the same models as in the plan's protocol.
        journal: where answers are kept. What it holds already is not asked again.
        told: is told after each step of the suspect.

    Raises:
        SuspectSilent: a model does not answer any more. The same call goes on from there.
    """
    seed = plan.protocol.seed
    suspect = Journaled(asking.suspect, journal)
    references = [Journaled(one, journal) for one in asking.references]
    sides = [_Side("suspect", suspect, plan.steps, plan.method.evidence(plan.given, seed))]
    sides += [
        _Side("control", Journaled(one, journal), plan.steps, plan.method.evidence(plan.given, seed))
        for one in asking.controls
    ]
    if plan.placebo is not None:
        sides.append(
            _Side(PLACEBO, suspect, plan.placebo_steps, plan.method.evidence(plan.placebo, seed))  # type: ignore[arg-type]  # a Role
        )
    ended = _ask(plan, sides, references, told)
    return Run(courses=tuple(side.course() for side in sides), ended=ended)


def _ask(
    plan: Plan, sides: Sequence[_Side], references: Sequence[Journaled], told: Callable[[Moment], None]
) -> Ended:
    first = sides[0]
    at = 0
    while at < len(first.steps):
        upto = _upto(first, at, plan.protocol.budget)
        if upto == at:
            return "budget"
        rows = [_rows(side, references, at, upto) for side in sides]
        for place in range(at, upto):
            for side, answers in zip(sides, rows, strict=True):
                if place < len(side.steps):
                    side.read(side.steps[place], *answers[place - at])
            bits = first.evidence.bits
            told(_moment(sides))
            if bits is not None and bits >= plan.protocol.stop_at_bits:
                return "bits"
        at = upto
    return "asked"


def _upto(side: _Side, at: int, budget: int) -> int:
    """Return the step up to which questions go out together: what one round of calls takes, within budget."""
    room = min(side.model.per_call * side.model.parallel, budget - side.asked)
    most = budget - side.asked
    count, upto = 0, at
    while upto < len(side.steps):
        count += len(side.steps[upto].questions)
        if count > most or (count > room and upto > at):
            break
        upto += 1
    return upto


def _rows(
    side: _Side, references: Sequence[Journaled], at: int, upto: int
) -> list[tuple[Sequence[Result], Sequence[Sequence[Result]]]]:
    """Return the answers to each step, and those of the references beside it."""
    steps = side.steps[at:upto]
    mine = _by_step(side.model, steps)
    # A control that is a reference too is not its own reference.
    beside = [_by_step(one, steps) for one in references if one.name != side.model.name]
    return [(answers, [other[place] for other in beside]) for place, answers in enumerate(mine)]


def _by_step(model: Journaled, steps: Sequence[Step]) -> list[list[Result]]:
    """Ask all questions of the steps at once, and return the answers step by step."""
    likely: list[Asked] = []
    open_ended: list[Ask] = []
    for question in _each(steps):
        if isinstance(question, Asked):
            likely.append(question)
        else:
            open_ended.append(question)
    scores = iter(model.token_log_likelihoods(likely) if likely else ())
    texts = iter(model.answers(open_ended) if open_ended else ())
    return [
        [next(scores) if isinstance(question, Asked) else next(texts) for question in step.questions]
        for step in steps
    ]


def _each(steps: Sequence[Step]) -> list[Question]:
    return [question for step in steps for question in step.questions]


def _moment(sides: Sequence[_Side]) -> Moment:
    first, *others = sides
    found = [side.evidence.bits for side in others]
    known = [bits for bits in found if bits is not None]
    return Moment(
        steps=len(first.readings),
        of_steps=len(first.steps),
        asked=first.asked,
        bits=first.evidence.bits,
        control_bits=max(known, default=None),
    )
