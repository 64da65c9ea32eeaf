"""``canaries``: does the suspect find what was planted likelier than what was drawn with it?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from excise.lineage.betting import ChoiceBet, Purse, RankBet, Wager
from excise.lineage.entries import Result
from excise.lineage.methods import Evidence, Fact, Given, Method, Reading, Step
from excise.lineage.planted import canary_cautions, groups_of
from excise.lineage.suspects import Access, Asked, Scored
from excise.lineage.validity import Caution

_POWERS = (0.05, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class Canaries(Method):
    """Ask how likely the suspect finds a planted text and its decoys, and bet on the rank of the planted one.

    A canary is a text that was drawn at random with others like it, its decoys, and planted in a reply that
    was served; the decoys never were. A suspect that was not trained on that reply cannot tell them apart.
    """

    hypothesis = "The suspect was trained on replies in which these canaries were planted."
    null = (
        "The suspect's training did not depend on which of the texts, drawn at random together, was planted; "
        "the planted one then has each rank among its decoys with the same chance."
    )
    statistic = (
        "For each canary, the rank of the planted text among its decoys by log-likelihood, and by "
        "log-likelihood less the references'; bets on the rank and on the size, multiplied over the canaries."
    )
    needs = frozenset({Access.LOG_PROBABILITIES, Access.WEIGHTS})
    uses = ("canaries",)
    references = "may"
    assumes = (
        "Planted texts and decoys were drawn by the same generator, and which one was planted by chance.",
        "The decoys were kept secret, and the planted ones left the provider only in the served replies.",
    )
    does_not_prove = (
        "Who passed the replies on: a canary that was published or resold can be learned from there.",
        "How much of the suspect's training data was served by us: one exposure can be enough.",
        "Intent.",
    )

    def cautions(self, given: Given) -> tuple[Caution, ...]:
        """Refuse canaries that were published; warn where there are too few decoys to show anything."""
        return canary_cautions(given.canaries)

    def steps(self, given: Given, seed: int) -> tuple[Step, ...]:
        """Ask about a canary and its decoys, in an order that does not show which one was planted."""
        groups = groups_of(given.canaries)
        return tuple(
            Step(name, tuple(Asked(groups[name][0].messages, groups[name][at].reply) for at in order))
            for name, order in _orders(given, seed).items()
        )

    def evidence(self, given: Given, seed: int) -> Evidence:
        """Return evidence of a wealth of 1."""
        return _Ranks(_orders(given, seed))


class _Ranks(Evidence):
    """Bets on how likely the planted are among their decoys."""

    def __init__(self, orders: dict[str, tuple[int, ...]]) -> None:
        self._orders = orders
        self._purse: Purse | None = None
        self._first = 0

    @property
    def bits(self) -> float:
        return 0.0 if self._purse is None else float(self._purse.bits[0])

    def read(self, step: Step, answers: Sequence[Result], beside: Sequence[Sequence[Result]] = ()) -> Reading:
        sums = [[sum(one.nats) for one in model if isinstance(one, Scored)] for model in (answers, *beside)]
        if any(len(one) < len(step.questions) for one in sums):
            return Reading(row=step.row, score=None, bits=self.bits, note="an answer is missing")
        own, others = np.asarray(sums[0]), np.asarray(sums[1:])
        beyond = own - others.mean(axis=0) if len(others) else own
        # Candidate 0 is the planted one from here on.
        features = np.stack([own, beyond, *others], axis=1)[np.argsort(self._orders[step.row])]
        if self._purse is None:
            self._purse = Purse(_wagers(len(others)))
        self._purse.bet(features[:, :, None])
        above = float(
            (features[1:, 1] > features[0, 1]).sum() + (features[1:, 1] == features[0, 1]).sum() / 2
        )
        self._first += above == 0
        return Reading(row=step.row, score=1.0 - 2.0 * above / (len(features) - 1), bits=self.bits)

    def facts(self) -> tuple[Fact, ...]:
        return (
            Fact("canaries-first", float(self._first), "canaries that were likelier than all their decoys"),
        )


def _orders(given: Given, seed: int) -> dict[str, tuple[int, ...]]:
    """Return the canaries in the order in which they are asked, each with an order of its texts."""
    groups = list(groups_of(given.canaries).items())
    dice = np.random.default_rng(seed)
    return {
        groups[at][0]: tuple(int(place) for place in dice.permutation(len(groups[at][1])))
        for at in dice.permutation(len(groups))
    }


def _wagers(references: int) -> list[Wager]:
    found: list[Wager] = [RankBet(power, 1) for power in _POWERS]
    found.append(ChoiceBet([0, *range(2, 2 + references)]))
    return found
