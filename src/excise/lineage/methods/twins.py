"""``twins``: does the suspect find what was served likelier than what could as well have been served?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from excise.lineage.betting import F64, ChoiceBet, Purse, SignBet, Wager
from excise.lineage.entries import Result
from excise.lineage.methods import Evidence, Fact, Given, Method, Reading, Step
from excise.lineage.suspects import Access, Asked, Scored
from excise.lineage.turns import ASSUMES, HYPOTHESIS, NULL, in_turns, pair_cautions
from excise.lineage.validity import Caution

_RAREST = (0.05, 0.2)
"""The shares of least likely tokens that are looked at by themselves: what a model learns by heart of a text
that it saw shows most where it would have expected something else (as Min-K%, Shi et al. 2024, noticed for
the membership of pre-training data)."""

_FLOOR = -100.0
"""Nats below this are as good as it: some endpoints write a huge number for "never"."""

_SIZE = 2 + len(_RAREST)


@dataclass(frozen=True, slots=True)
class Twins(Method):
    """Ask how likely the suspect finds a served reply and its twins, and bet on which was served.

    Where a reference model is asked too (one that saw neither, such as the serving model), what it finds
    likely anyway cancels out, and the test is several times sharper.

    Attributes:
        unsure: the standard deviation of the weights that are expected in advance, for standardized features;
            larger learns faster and loses more at first.
    """

    unsure: float = 0.7

    hypothesis = HYPOTHESIS
    null = NULL
    statistic = (
        "Mean log-likelihood of a reply's tokens, their mean square, and the means of the 5 % and the 20 % "
        "least likely ones, under the suspect and each reference; an online logistic regression on them bets "
        "on which reply was served, and so does the plain sign of the first."
    )
    needs = frozenset({Access.WEIGHTS, Access.LOG_PROBABILITIES})
    uses = ("served", "twins")
    references = "may"
    assumes = ASSUMES
    does_not_prove = (
        "Who passed the replies on, and that those who trained the suspect knew where they came from.",
        "That the suspect is a copy of the serving model, or learned most of what it knows from it.",
        "Anything about replies that were not asked about.",
        "Intent.",
    )

    def cautions(self, given: Given) -> tuple[Caution, ...]:
        """Check versions, parameters, duplicates, publication, and that texts alone do not tell."""
        return pair_cautions(given)

    def steps(self, given: Given, seed: int) -> tuple[Step, ...]:
        """Ask about the candidates of each pair, in an order that does not show which one was served."""
        return tuple(
            Step(pair.name, tuple(Asked(pair.served.messages, pair.candidates[at]) for at in order))
            for pair, order in in_turns(given, seed)
        )

    def evidence(self, given: Given, seed: int) -> Evidence:
        """Return evidence of a wealth of 1."""
        return _Likelihoods({pair.name: order for pair, order in in_turns(given, seed)}, self.unsure)


class _Likelihoods(Evidence):
    """Bets on how likely a model finds the candidates."""

    def __init__(self, orders: dict[str, tuple[int, ...]], unsure: float) -> None:
        self._orders = orders
        self._unsure = unsure
        self._purse: Purse | None = None
        self._won = 0
        self._read = 0

    @property
    def bits(self) -> float:
        return 0.0 if self._purse is None else float(self._purse.bits[0])

    def read(self, step: Step, answers: Sequence[Result], beside: Sequence[Sequence[Result]] = ()) -> Reading:
        found = [features(one) for one in (answers, *beside)]
        usable_ones = [one for one in found if one is not None]
        if len(usable_ones) < len(found):
            return Reading(row=step.row, score=None, bits=self.bits, note="an answer is missing")
        # Candidate 0 is the served one from here on.
        back = np.argsort(self._orders[step.row])
        whole = np.concatenate(usable_ones, axis=1)[back]
        if self._purse is None:
            self._purse = Purse(wagers(len(beside), self._unsure))
        self._purse.bet(whole[:, :, None])
        first = whole[:, 0]
        score = float(first[0] - first[1:].mean())
        self._read += 1
        self._won += score > 0
        return Reading(row=step.row, score=score, bits=self.bits)

    def facts(self) -> tuple[Fact, ...]:
        if self._purse is None:
            return ()
        each = self._purse.bits_of_each[:, 0]
        return (
            Fact("served-likelier", self._won / self._read, "share of replies likelier than their twins"),
            Fact("bits-of-signs", float(each[0]), "log2 wealth of the plain bet on signs alone"),
        )


def wagers(references: int, unsure: float) -> list[Wager]:
    """Return the bets on the suspect's features, and on those of so many references beside them."""
    own = range(_SIZE)
    found: list[Wager] = [SignBet(), ChoiceBet([0], unsure=unsure), ChoiceBet(own, unsure=unsure)]
    if references:
        every = range(_SIZE * (1 + references))
        found.append(ChoiceBet(range(0, len(every), _SIZE), unsure=unsure))
        found.append(ChoiceBet(every, unsure=unsure))
    return found


def features(answers: Sequence[Result]) -> F64 | None:
    """Return what is looked at of each candidate, (candidates, features); None where an answer is missing."""
    rows = []
    for answer in answers:
        if not isinstance(answer, Scored) or not answer.nats:
            return None
        nats = np.sort(np.maximum(np.asarray(answer.nats, float), _FLOOR))
        low = [nats[: max(1, int(np.ceil(len(nats) * share)))].mean() for share in _RAREST]
        rows.append([nats.mean(), *low, -np.square(nats).mean()])
    return np.asarray(rows)
