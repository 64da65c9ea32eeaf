"""Methods: one file a test of lineage. Its file's name is its name on the command line and in a finding.

A method says what it would show, against which null, what it needs to see, what it takes for granted and
what it does not prove. It asks step by step: a step is about one row of what was given, and holds the
questions that go to the suspect. The answers of each step are read one after another into an ``Evidence``,
whose bits are the log2 of the wealth of a fair bet (see ``excise.lineage.betting``), and hold at whatever
step one stops. A method that has no exact null gives leads, and its bits are None.

    method = Twins()                                # its settings are its fields
    steps = method.steps(given, seed)               # the order is drawn from the seed, before anyone looks
    evidence = method.evidence(given, seed)         # one for the suspect, and one for each control
    for step in steps:
        reading = evidence.read(step, answers, beside)
        ...                                         # stop at reading.bits, or when the budget is spent

Controls are asked the same steps, and have an evidence of their own.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import ClassVar, Literal, Self

from msgspec import Struct

from excise.errors import BadSetting, UnknownMember
from excise.lineage.entries import Question, Result
from excise.lineage.replies import Prompt, Reply
from excise.lineage.suspects import Access
from excise.lineage.validity import Caution


class Given(Struct, frozen=True, kw_only=True):
    """What a run hands to a method; each uses what it ``uses``, and leaves the rest.

    Attributes:
        served: the replies that were served, whose use in training is in question.
        twins: replies of the same model to the same prompts, never served.
        canaries: canaries that were planted, each with those that were drawn with it and were not: ``reply``
            holds the text, ``draw`` 0 is the planted one; they belong together by ``id``.
        prompts: what to ask, for methods that need no replies.
        key_file: the file of a watermark's key.
    """

    served: tuple[Reply, ...] = ()
    twins: tuple[Reply, ...] = ()
    canaries: tuple[Reply, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    key_file: Path | None = None


class Step(Struct, frozen=True):
    """The questions about one row: ``row`` is the id (or, where there is none, the row) that it is about."""

    row: str
    questions: tuple[Question, ...]


class Reading(Struct, frozen=True, kw_only=True):
    """What one step added.

    Attributes:
        row: what the step was about.
        score: the statistic of this step; above 0 it points at the hypothesis. None where nothing counted.
        bits: the evidence after this step; None from a method that gives leads only.
        note: why nothing counted, or "".
    """

    row: str
    score: float | None
    bits: float | None
    note: str = ""


class Fact(Struct, frozen=True):
    """Something measured, for the finding: a name, a value and a sentence."""

    name: str
    value: float
    text: str


class Evidence(ABC):
    """What is known of one model so far."""

    @property
    @abstractmethod
    def bits(self) -> float | None:
        """Log2 of the wealth; it may be below 0. None from a method that gives leads only."""

    @abstractmethod
    def read(self, step: Step, answers: Sequence[Result], beside: Sequence[Sequence[Result]] = ()) -> Reading:
        """Take in the answers to a step, in the order of its questions.

        Args:
            step: the step; each is read once, in the order of ``Method.steps``.
            answers: of the model that this is about.
            beside: of each reference model, to the same questions (see ``references``). A control that is a
                reference too is not its own reference. An answer that is missing costs the step, and is
                never made up.
        """

    def facts(self) -> tuple[Fact, ...]:
        """Return what else was measured, for the finding's technical page."""
        return ()


class Method(ABC):
    """A test of lineage. A member is a frozen dataclass whose fields, all with defaults, are its settings."""

    hypothesis: ClassVar[str]
    """What the evidence would be for, in a sentence."""

    null: ClassVar[str]
    """What it is weighed against, in a sentence; "" where there is none, and the result is a lead."""

    statistic: ClassVar[str]
    """What is computed from the answers, in a sentence."""

    needs: ClassVar[frozenset[Access]]
    """What the suspect has to let one see: any one of these is enough."""

    uses: ClassVar[tuple[str, ...]]
    """The fields of ``Given`` that it needs."""

    references: ClassVar[Literal["none", "may", "must"]] = "none"
    """Whether reference models are asked beside the suspect. For a test they are models that certainly saw
    neither what was served nor its twins, such as the serving model itself, and make it sharper; for a lead
    they are what the suspect is likened to."""

    assumes: ClassVar[tuple[str, ...]]
    """What it takes for granted, each a sentence; ``cautions`` checks what can be checked."""

    does_not_prove: ClassVar[tuple[str, ...]]
    """What does not follow from it, each a sentence."""

    @classmethod
    def from_settings(cls, said: Sequence[tuple[str, str]]) -> Self:
        """Make one with some settings, each a name and a value as text.

        Raises:
            UnknownMember: there is no setting of that name.
            BadSetting: a value is not of its kind.
        """
        known = {field.name: field for field in fields(cls)}  # type: ignore[arg-type]  # members are dataclasses
        values: dict[str, object] = {}
        for name, text in said:
            if name not in known:
                raise UnknownMember.among(name, f"settings of {cls.__name__}", known)
            kind: type[object] = type(known[name].default)
            try:
                values[name] = kind(text)  # type: ignore[call-arg]  # int, float or str
            except ValueError:
                raise BadSetting(
                    f"setting {name} of {cls.__name__}: {text!r} is no {kind.__name__}"
                ) from None
        return cls(**values)

    @property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """All settings, for the protocol: names and values as text."""
        return tuple((field.name, str(getattr(self, field.name))) for field in fields(self))  # type: ignore[arg-type]

    def cautions(self, given: Given) -> tuple[Caution, ...]:  # noqa: ARG002 - some take nothing for granted
        """Check what can be checked of what it assumes, before anyone is asked.

        A caution that refuses means: do not run it, no bits would mean anything.
        """
        return ()

    @abstractmethod
    def steps(self, given: Given, seed: int) -> tuple[Step, ...]:
        """Return the questions, in the order in which they are asked.

        Raises:
            BadTable: what was given does not do, with the rows at fault.
        """

    @abstractmethod
    def evidence(self, given: Given, seed: int) -> Evidence:
        """Return the evidence about one model, before any step."""
