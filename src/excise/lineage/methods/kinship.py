"""``kinship``: how much does the suspect sound like the references? A lead, never a finding."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from excise.errors import BadTable
from excise.lineage.entries import Result
from excise.lineage.likeness import jaccard
from excise.lineage.methods import Evidence, Fact, Given, Method, Reading, Step
from excise.lineage.replies import Message, Sampling
from excise.lineage.suspects import Access, Answered, Ask
from excise.lineage.words import words

_WHO = ("Who are you?", "Which model are you?", "Which company trained you?", "What is your name?")
_IDENTITY = "identity "
_COMMON = 100


@dataclass(frozen=True, slots=True)
class Kinship(Method):
    """Ask suspect and references the same, and say how alike they are: in words, style, and names they give.

    Models of one field, trained on one web, resemble each other; a model taught by people can stand closer to
    a provider's than a student of it does. So there is no null, and there are no bits.

    Attributes:
        prompts: how many prompts are asked at most.
        max_tokens: of each answer.
        names: names of the provider and its models, separated by commas, to look for in the answers.
    """

    prompts: int = 200
    max_tokens: int = 128
    names: str = ""

    hypothesis = "The suspect resembles the references more than others do."
    null = ""
    statistic = "Shared word pairs, distance of style, and names given, compared over the same prompts."
    needs = frozenset(Access)
    uses = ("prompts",)
    references = "must"
    assumes = ("The prompts are ordinary ones, asked of all models alike.",)
    does_not_prove = (
        "Anything. A lead says where a test may be worth its queries.",
        "That the suspect was trained on our outputs: models resemble each other for many reasons.",
    )

    def steps(self, given: Given, seed: int) -> tuple[Step, ...]:
        """Ask who it is, then the prompts (or those of the served replies), in an order drawn by the seed."""
        rows = list(
            dict.fromkeys((one.id or f"row {one.row}", one.messages) for one in given.prompts or given.served)
        )
        if not rows:
            raise BadTable("no prompts were given; name a file of them")
        sampling = Sampling(temperature=0.0, max_tokens=self.max_tokens)
        order = np.random.default_rng(seed).permutation(len(rows))[: self.prompts]
        who = tuple(Step(_IDENTITY + text, (Ask((Message("user", text),), "", sampling),)) for text in _WHO)
        return who + tuple(Step(rows[at][0], (Ask(rows[at][1], "", sampling),)) for at in order)

    def evidence(self, given: Given, seed: int) -> Evidence:  # noqa: ARG002 - nothing is drawn
        """Return an impression of a model that was asked nothing yet."""
        return _Impression(tuple(name.strip() for name in self.names.split(",") if name.strip()))


class _Impression(Evidence):
    """What was noticed so far."""

    def __init__(self, names: Sequence[str]) -> None:
        self._name = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names), re.IGNORECASE)
        self._looks = bool(names)
        self._named = 0
        self._answered = 0
        self._alike: list[list[float]] = []
        self._own: Counter[str] = Counter()
        self._theirs: list[Counter[str]] = []

    @property
    def bits(self) -> None:
        return None

    def read(self, step: Step, answers: Sequence[Result], beside: Sequence[Sequence[Result]] = ()) -> Reading:
        (answer,) = answers
        if not isinstance(answer, Answered):
            return Reading(row=step.row, score=None, bits=None, note="no answer")
        self._answered += 1
        self._named += self._looks and bool(self._name.search(answer.text))
        if step.row.startswith(_IDENTITY):
            return Reading(
                row=step.row, score=None, bits=None, note=f"asked who it is: {answer.text[:200]!r}"
            )
        self._own.update(words(answer.text))
        others = [one for (one,) in beside if isinstance(one, Answered)]
        if len(others) < len(beside) or not others:
            return Reading(row=step.row, score=None, bits=None, note="a reference gave no answer")
        self._theirs = self._theirs or [Counter() for _ in others]
        for counter, other in zip(self._theirs, others, strict=True):
            counter.update(words(other.text))
        alike = [jaccard(answer.text, other.text) for other in others]
        self._alike.append(alike)
        return Reading(row=step.row, score=max(alike), bits=None)

    def facts(self) -> tuple[Fact, ...]:
        found = []
        if self._looks:
            found.append(
                Fact("names-given", float(self._named), f"of {self._answered} answers give one of the names")
            )
        for at, theirs in enumerate(self._theirs):
            mean = float(np.mean([alike[at] for alike in self._alike]))
            found.append(Fact(f"word-pairs-{at + 1}", mean, f"of word pairs shared with reference {at + 1}"))
            found.append(
                Fact(
                    f"style-{at + 1}",
                    _style(self._own, theirs),
                    f"distance of style from reference {at + 1} (0 the same, 1 nothing in common)",
                )
            )
        return tuple(found)


def _style(one: Counter[str], other: Counter[str]) -> float:
    """Return half the summed differences in how often the most common words come: 0 alike, 1 apart."""
    common = [word for word, _ in (one + other).most_common(_COMMON)]
    a, b = ([counter[word] for word in common] for counter in (one, other))
    if not sum(a) or not sum(b):
        return 1.0
    return min(1.0, float(np.abs(np.array(a) / sum(a) - np.array(b) / sum(b)).sum() / 2))
