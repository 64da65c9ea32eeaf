"""Probing: a student is asked as the product asks a suspect, and the evidence is followed step by step."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from excise.countermeasures.campaign_key import KeyFile
from excise.countermeasures.changes import watermark
from excise.lineage import betting
from excise.lineage.betting import Purse, SignBet
from excise.lineage.entries import Question, Result
from excise.lineage.methods import Fact, Given, Method, Step
from excise.lineage.opening import open_suspect
from excise.lineage.replies import Message, Prompt, Reply, Sampling
from excise.lineage.suspects import Answered, Ask, Asked, NoAnswer, Scored, Terms
from excise.open_folder import member
from excise.proving_ground.students.lessons import Lesson
from excise.proving_ground.students.plan import Plan, digest
from excise.proving_ground.students.roster import OURS, Entrant
from excise.proving_ground.students.supply import Supply

_AT_ONCE = 250
_UNMARKED = ("human_data",)
"""Students of unmarked replies in whom keys are looked for too."""

_Answer = Scored | Answered | NoAnswer


class Probe(Struct, frozen=True, kw_only=True):
    """A method as a trial uses it.

    Attributes:
        name: in the table.
        method: a member of ``excise.lineage.methods``.
        access: what it sees of the suspect.
        settings: of the method, names and values as text.
        reference: whether the serving model is asked beside the suspect.
        mark: the watermark whose key it looks for; "" is none.
        most_steps: after how many steps it stops.
        names: the entrants it is tried on; none is all.
    """

    name: str
    method: str
    access: str
    settings: tuple[tuple[str, str], ...] = ()
    reference: bool = False
    mark: str = ""
    most_steps: int = 1000
    names: tuple[str, ...] = ()

    def tries(self, entrant: Entrant) -> bool:
        """Say whether it is tried on an entrant.

        Keys are looked for in students of marked replies, and in those of unmarked ones that must not have
        them; the others ask about replies that were served without a mark.
        """
        if self.names and entrant.name not in self.names and entrant.role != "control":
            return False
        if self.mark:
            return entrant.mark == self.mark or (entrant.mark == "" and entrant.name in _UNMARKED)
        return entrant.mark == ""


class Track(Struct, frozen=True, kw_only=True):
    """The evidence of one student under one probe, step by step.

    Attributes:
        bits: after each step.
        scores: of each step; None where nothing counted.
        facts: what else was measured.
        questions: how many the steps held on average.
    """

    bits: tuple[float, ...]
    scores: tuple[float | None, ...]
    facts: tuple[Fact, ...] = ()
    questions: float = 1.0

    def fact(self, name: str) -> float | None:
        """Return the value of a fact, None where it was not measured."""
        return next((one.value for one in self.facts if one.name == name), None)


def follow(probe: Probe, entrant: Entrant, supply: Supply) -> Track:
    """Ask the student and read the answers; what was asked or followed before is not again."""
    kind = member("excise.lineage.methods", Method, probe.method)  # type: ignore[type-abstract]
    method = kind.from_settings(probe.settings)
    given = _given(probe, entrant, supply)

    def make() -> Track:
        steps = method.steps(given, supply.seed)[: probe.most_steps]
        answers = _ask(supply, entrant.plan, steps)
        beside = [_ask(supply, supply.teacher, steps)] if probe.reference else []
        evidence = method.evidence(given, supply.seed)
        readings = [
            evidence.read(step, own, [other[at] for other in beside])
            for at, (step, own) in enumerate(zip(steps, answers, strict=True))
        ]
        return Track(
            bits=tuple(float(one.bits or 0.0) for one in readings),
            scores=tuple(None if one.score is None else float(one.score) for one in readings),
            facts=tuple(Fact(one.name, float(one.value), one.text) for one in evidence.facts()),
            questions=float(np.mean([len(step.questions) for step in steps])),
        )

    key = digest(
        "track", _source(kind), probe, entrant.plan.key, entrant.served, supply.teacher.key, supply.seed
    )
    return supply.workshop.kept(key, Track, make)


def signs(track: Track) -> Track:
    """Return what the plain bet on signs makes of the same scores."""
    purse, bits = Purse([SignBet()]), []
    for score in track.scores:
        purse.bet(np.array([[[score or 0.0]], [[0.0]]]))
        bits.append(float(purse.bits[0]))
    return Track(bits=tuple(bits), scores=track.scores, questions=track.questions)


def _given(probe: Probe, entrant: Entrant, supply: Supply) -> Given:
    if not probe.mark:
        served, twins = supply.served[: entrant.served], supply.twins[: entrant.served]
        return Given(served=_replies(served, supply), twins=_replies(twins, supply))
    prompts = tuple(
        Prompt(row=row, id=f"p{row}", messages=(Message("user", lesson.prompt),))
        for row, lesson in enumerate(supply.elsewhere, 1)
    )
    return Given(prompts=prompts, key_file=key_file(supply, probe.mark, OURS))


def key_file(supply: Supply, mark: str, campaign: str) -> Path:
    """Write the key file of a campaign, as ``excise lineage keys`` reads it.

    One of an earlier run is written over: the folder may have moved, and with it the tokenizer.
    """
    path = supply.workshop.folder / f"{mark}-{campaign}-{supply.seed}.key"
    path.unlink(missing_ok=True)
    KeyFile.of(
        supply.key(campaign),
        countermeasure=mark,
        settings=watermark(mark).settings,
        tokenizer=supply.teacher_folder / "tokenizer.json",
    ).write(path)
    return path


def _replies(lessons: Sequence[Lesson], supply: Supply) -> tuple[Reply, ...]:
    return tuple(
        Reply(
            row=row,
            id=f"r{row}",
            messages=(Message("user", lesson.prompt),),
            reply=lesson.reply,
            parameters=Sampling(temperature=1.0),
            model="teacher",
            model_version=supply.teacher.key,
        )
        for row, lesson in enumerate(lessons, 1)
    )


def _ask(supply: Supply, plan: Plan, steps: Sequence[Step]) -> list[list[Result]]:
    """Return the model's answers, step by step."""
    questions = [question for step in steps for question in step.questions]

    def make() -> list[_Answer]:
        suspect = open_suspect(f"hf:{supply.workshop.model(plan)}", Terms(device=supply.workshop.device))
        found: list[_Answer] = [NoAnswer("not asked")] * len(questions)
        kinds: tuple[tuple[type[Question], Callable[..., Sequence[_Answer]]], ...] = (
            (Asked, suspect.token_log_likelihoods),
            (Ask, suspect.answers),
        )
        for kind, asked in kinds:
            places = [at for at, question in enumerate(questions) if isinstance(question, kind)]
            for first in range(0, len(places), _AT_ONCE):
                some = places[first : first + _AT_ONCE]
                for at, answer in zip(some, asked([questions[at] for at in some]), strict=True):
                    found[at] = answer
        return found

    content = hashlib.sha256(msgspec.json.encode(questions)).hexdigest()
    answers = iter(supply.workshop.kept(digest("answers", plan.key, content), list[_Answer], make))
    return [[next(answers) for _ in step.questions] for step in steps]


def _source(kind: type[Method]) -> str:
    """Return a digest of a method's own code, and of what it bets with: a changed one is followed anew."""
    import inspect  # noqa: PLC0415 - only where a trial runs
    import sys  # noqa: PLC0415 - as above

    texts = [inspect.getsource(sys.modules[kind.__module__]), inspect.getsource(betting)]
    return digest(*texts)
