"""``twins_text``: does the suspect say what was served rather than what could as well have been served?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from excise.errors import BadSetting
from excise.lineage.betting import F64, ChoiceBet, Purse, SignBet, Wager
from excise.lineage.entries import Result
from excise.lineage.likeness import Surprise
from excise.lineage.methods import Evidence, Fact, Given, Method, Reading, Step
from excise.lineage.pairs import Pair
from excise.lineage.replies import Sampling
from excise.lineage.suspects import Access, Answered, Ask
from excise.lineage.turns import ASSUMES, HYPOTHESIS, NULL, in_turns, pair_cautions
from excise.lineage.validity import Caution
from excise.lineage.words import words

_SIZE = 4
_MISSING = (
    "an answer is missing; a suspect that lets nobody begin its reply is asked with samples=1, places=0"
)


@dataclass(frozen=True, slots=True)
class TwinsText(Method):
    """Ask the suspect to go on where a candidate begins, and bet on the candidate whose rest it says.

    What was learned by heart shows once one has begun to say it. So each candidate of a prompt, served or
    not, is begun for the suspect, which goes on at temperature 0. On small students, one place or two show as
    much for the same number of questions, and bare answers much less; where there are fewer pairs than the
    budget allows questions, ask from more places. Bare answers (``samples``) are for a suspect that does not
    let one begin its reply; one of them serves all candidates.

    Attributes:
        places: from how many places of each candidate the suspect is asked to go on.
        within: of the candidate's first so many words, the places are evenly spread.
        samples: bare answers to each prompt: the first at temperature 0, the others at ``temperature``.
        max_tokens: of each answer.
        temperature: of the second sample and on.
        unsure: as in ``twins``.
    """

    places: int = 2
    within: int = 16
    samples: int = 0
    max_tokens: int = 32
    temperature: float = 0.5
    unsure: float = 0.7

    hypothesis = HYPOTHESIS
    null = NULL
    statistic = (
        "How surprising the words are with which an answer and a candidate both begin, its logarithm, and "
        "the rare words and word pairs that they share; an online logistic regression on them bets on which "
        "reply was served, and so does the plain sign of the first."
    )
    needs = frozenset(Access)
    uses = ("served", "twins")
    references = "may"
    assumes = ASSUMES
    does_not_prove = (
        "Who passed the replies on, and that those who trained the suspect knew where they came from.",
        "That replies were not used, where there are no bits: text shows much less than likelihoods.",
        "That the suspect is a copy of the serving model, or learned most of what it knows from it.",
        "Intent.",
    )

    def __post_init__(self) -> None:
        """Refuse settings that ask nothing.

        Raises:
            BadSetting: a setting is out of its range.
        """
        asks = self.samples >= 0 and self.places >= 0 and self.samples + self.places > 0
        if not asks or self.max_tokens < 1 or self.within < 2:
            raise BadSetting(
                "twins_text asks from one place or for one sample at least, for one token or "
                "more, and begins within two words or more"
            )

    def cautions(self, given: Given) -> tuple[Caution, ...]:
        """Check versions, parameters, duplicates, publication, and that texts alone do not tell."""
        return pair_cautions(given)

    def steps(self, given: Given, seed: int) -> tuple[Step, ...]:
        """Ask each prompt, and what follows beginnings of each candidate, in an order drawn by the seed."""
        dice = np.random.default_rng([seed, 1])
        cold = Sampling(temperature=0.0, max_tokens=self.max_tokens)
        warm = Sampling(temperature=self.temperature, max_tokens=self.max_tokens)
        steps = []
        for pair, order in in_turns(given, seed):
            asked = pair.served.messages
            questions = [
                Ask(asked, "", warm if number else cold, int(dice.integers(2**31)))
                for number in range(self.samples)
            ]
            for at in order:
                begun = beginnings(pair.candidates[at], self.places, self.within)
                questions += [Ask(asked, prefix, cold, int(dice.integers(2**31))) for prefix in begun]
            steps.append(Step(pair.name, tuple(questions)))
        return tuple(steps)

    def evidence(self, given: Given, seed: int) -> Evidence:
        """Return evidence of a wealth of 1."""
        return _Answers(in_turns(given, seed), self)


class _Answers(Evidence):
    """Bets on what answers are more like."""

    def __init__(self, turns: Sequence[tuple[Pair, tuple[int, ...]]], method: TwinsText) -> None:
        self._turns = {pair.name: (pair, order) for pair, order in turns}
        self._surprise = Surprise(words(text) for pair, _ in turns for text in pair.candidates)
        self._method = method
        self._purse: Purse | None = None
        self._alike = 0.0
        self._read = 0

    @property
    def bits(self) -> float:
        return 0.0 if self._purse is None else float(self._purse.bits[0])

    def read(self, step: Step, answers: Sequence[Result], beside: Sequence[Sequence[Result]] = ()) -> Reading:
        pair, order = self._turns[step.row]
        found = [self._features(pair, order, one) for one in (answers, *beside)]
        whole = [one for one in found if one is not None]
        if len(whole) < len(found):
            return Reading(row=step.row, score=None, bits=self.bits, note=_MISSING)
        features = np.concatenate(whole, axis=1)
        if self._purse is None:
            self._purse = Purse(wagers(whole[0].shape[1], len(beside), self._method.unsure))
        self._purse.bet(features[:, :, None])
        score = float(features[0, 0] - features[1:, 0].mean())
        self._read += 1
        self._alike += np.sign(score)
        return Reading(row=step.row, score=score, bits=self.bits)

    def facts(self) -> tuple[Fact, ...]:
        if self._purse is None:
            return ()
        text = (
            "of answers begin more like the served reply than like its twins, less those that do the opposite"
        )
        each = self._purse.bits_of_each[:, 0]
        return (
            Fact("more-like-served", self._alike / self._read, text),
            Fact("bits-of-signs", float(each[0]), "log2 wealth of the plain bet on signs alone"),
        )

    def _features(self, pair: Pair, order: Sequence[int], answers: Sequence[Result]) -> F64 | None:
        """Return the features of the candidates, the served one first; None where an answer is missing."""
        said = [words(answer.text) for answer in answers if isinstance(answer, Answered)]
        if len(said) < len(answers):
            return None
        rows = []
        for at, candidate in enumerate(pair.candidates):
            text = words(candidate)
            bare = [self._compared(one, text) for one in said[: self._method.samples]]
            row = list(np.mean(bare, axis=0)) if bare else []
            if self._method.places:
                first = self._method.samples + order.index(at) * self._method.places
                begun = beginnings(candidate, self._method.places, self._method.within)
                went_on = zip(said[first:], begun, strict=False)
                followed = [self._compared(one, words(candidate[len(part) :])) for one, part in went_on]
                row += list(np.mean(followed, axis=0))
            rows.append(row)
        return np.asarray(rows)

    def _compared(self, said: Sequence[str], text: Sequence[str]) -> list[float]:
        alike = self._surprise.alike(said, text)
        return [
            alike,
            float(np.log1p(alike)),
            self._surprise.shared(said, text, 1),
            self._surprise.shared(said, text, 2),
        ]


def beginnings(text: str, places: int, within: int) -> list[str]:
    """Return that many beginnings of a text, evenly spread over its first words, each ending with a word.

    >>> beginnings("one two three four five six", 3, within=4)
    ['one', 'one two', 'one two three']
    """
    ends = [at for at in range(1, len(text)) if text[at].isspace() and not text[at - 1].isspace()]
    ends = ends[: within - 1]
    if not ends:
        return [""] * places
    return [text[: ends[(len(ends) * (2 * at + 1)) // (2 * places)]] for at in range(places)]


def wagers(size: int, references: int, unsure: float) -> list[Wager]:
    """Return the bets on ``size`` features of the suspect's answers, and of references' beside them."""
    found: list[Wager] = [SignBet(), ChoiceBet([0], unsure=unsure), ChoiceBet(range(size), unsure=unsure)]
    if size > _SIZE:
        found.append(ChoiceBet([0, _SIZE], unsure=unsure))
    if references:
        found.append(ChoiceBet(range(0, size * (1 + references), size), unsure=unsure))
    return found
