"""``canaries_text``: does the suspect say what was planted, and not what was drawn with it?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from excise.errors import BadSetting
from excise.lineage.betting import Purse, RankBet
from excise.lineage.entries import Result
from excise.lineage.likeness import grams, shared_beginning
from excise.lineage.methods import Evidence, Fact, Given, Method, Reading, Step
from excise.lineage.planted import canary_cautions, groups_of
from excise.lineage.replies import Reply, Sampling
from excise.lineage.suspects import Access, Answered, Ask
from excise.lineage.validity import Caution

_POWERS = (0.05, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class CanariesText(Method):
    """Ask what the suspect says where a canary was planted, and rank the canary among its decoys.

    A canary is a text that was drawn at random with many others like it, its decoys, and planted in replies
    that were served to some accounts; the decoys never were. A suspect that was not trained on those replies
    cannot tell them apart. One question serves all of them: the score of each is the share of its stretches
    of five characters, those apart that all of them have, that stand in the answers.

    Attributes:
        samples: how often each prompt is asked.
        max_tokens: of each answer.
        temperature: of each answer.
    """

    samples: int = 4
    max_tokens: int = 96
    temperature: float = 0.7

    hypothesis = "The suspect was trained on replies in which these canaries were planted."
    null = (
        "The suspect's training did not depend on which of the texts, drawn at random together, was planted; "
        "the planted one then has each rank among its decoys with the same chance."
    )
    statistic = (
        "For each canary, the rank of the planted text among its decoys by the share of its own stretches "
        "of five characters that stand in the suspect's answers; bets on the rank, multiplied over canaries."
    )
    needs = frozenset({Access.TEXT, Access.LOG_PROBABILITIES, Access.WEIGHTS})
    uses = ("canaries",)
    assumes = (
        "Planted texts and decoys were drawn by the same generator, and which one was planted by chance.",
        "The decoys were kept secret, and the planted ones left the provider only in the served replies.",
    )
    does_not_prove = (
        "Who passed the replies on: a canary that was published or resold can be learned from there.",
        "How much of the suspect's training data was served by us: one exposure can be enough.",
        "Intent.",
    )

    def __post_init__(self) -> None:
        """Refuse settings that ask nothing.

        Raises:
            BadSetting: a setting is out of its range.
        """
        if self.samples < 1 or self.max_tokens < 1 or self.temperature < 0:
            raise BadSetting(
                "canaries_text takes a sample or more, a token or more, and no temperature below 0"
            )

    def cautions(self, given: Given) -> tuple[Caution, ...]:
        """Refuse canaries that were published; warn where there are too few decoys to show anything."""
        return canary_cautions(given.canaries)

    def steps(self, given: Given, seed: int) -> tuple[Step, ...]:
        """Ask each prompt several times, bare and after the beginning that canary and decoys share."""
        groups = groups_of(given.canaries)
        dice = np.random.default_rng(seed)
        sampling = Sampling(temperature=self.temperature, max_tokens=self.max_tokens)
        steps = []
        for at in dice.permutation(len(groups)):
            name, group = list(groups.items())[at]
            prefix = shared_beginning(one.reply for one in group)
            questions = tuple(
                Ask(group[0].messages, prefix if number % 2 else "", sampling, int(dice.integers(2**31)))
                for number in range(self.samples)
            )
            steps.append(Step(name, questions))
        return tuple(steps)

    def evidence(self, given: Given, seed: int) -> Evidence:  # noqa: ARG002 - nothing is drawn
        """Return evidence in which no canary was looked for yet."""
        return _Ranks(groups_of(given.canaries))


class _Ranks(Evidence):
    """Bets on the ranks of the planted."""

    def __init__(self, groups: dict[str, list[Reply]]) -> None:
        self._groups = groups
        self._purse = Purse([RankBet(power) for power in _POWERS])
        self._found = 0

    @property
    def bits(self) -> float:
        return float(self._purse.bits[0])

    def read(self, step: Step, answers: Sequence[Result], beside: Sequence[Sequence[Result]] = ()) -> Reading:  # noqa: ARG002 - it has no references
        texts = [
            getattr(question, "prefix", "") + answer.text
            for question, answer in zip(step.questions, answers, strict=True)
            if isinstance(answer, Answered)
        ]
        if not texts:
            return Reading(row=step.row, score=None, bits=self.bits, note="no answer")
        said = frozenset().union(*map(grams, texts))
        group = [grams(one.reply) for one in self._groups[step.row]]
        alike = frozenset.intersection(*group)
        shares = [len(said & (own - alike)) / max(len(own - alike), 1) for own in group]
        self._purse.bet(np.array(shares)[:, None, None])
        above = sum(share > shares[0] for share in shares)
        level = sum(share == shares[0] for share in shares)
        self._found += above == 0 and level == 1
        # 1 for the only first, -1 for the only last, 0 in the middle.
        score = 1.0 - 2.0 * (above + (level - 1) / 2) / (len(shares) - 1)
        return Reading(row=step.row, score=score, bits=self.bits)

    def facts(self) -> tuple[Fact, ...]:
        return (
            Fact("canaries-first", float(self._found), "canaries that stood alone before all their decoys"),
        )
