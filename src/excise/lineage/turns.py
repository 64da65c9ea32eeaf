"""In what order pairs are asked about, and what speaks against asking: alike for all methods of twins."""

import numpy as np

from excise.lineage.methods import Given
from excise.lineage.pairs import Pair, match
from excise.lineage.validity import Caution, cautions, usable

HYPOTHESIS = "The suspect was trained on these very replies, which were served."
NULL = (
    "The suspect's training did not depend on which of the replies to a prompt, the served one or its "
    "twins, was served; each is then the served one with the same chance, whatever the suspect is."
)
ASSUMES = (
    "The twins come from the same model version, template, sampling parameters and cut-off.",
    "What was served was not chosen by its content among several replies.",
    "Neither the served replies nor the twins are published elsewhere.",
    "The references saw neither; each is worth its own run as a control.",
)
"""What every test of twins claims, denies and assumes: a finding and its protocol say it."""

_MOST_SAID = 5
_MOST_ROWS = 20


def in_turns(given: Given, seed: int) -> list[tuple[Pair, tuple[int, ...]]]:
    """Return the pairs in the order in which they are asked, each with an order of its candidates.

    A suspect must not see from the order of the questions which candidate was served.
    """
    pairs = [p for p in usable(match(given.served, given.twins)[0]) if len(set(p.candidates)) > 1]
    dice = np.random.default_rng(seed)
    return [
        (pairs[at], tuple(int(place) for place in dice.permutation(len(pairs[at].candidates))))
        for at in dice.permutation(len(pairs))
    ]


def pair_cautions(given: Given) -> tuple[Caution, ...]:
    """Return what speaks against a test of these replies and twins.

    Raises:
        BadTable: no served reply has a twin.
    """
    pairs, unmatched = match(given.served, given.twins)
    found = list(cautions(pairs, seed=0))
    if unmatched:
        said = "; ".join(f"row {one.row} of the {one.side} file: {one.why}" for one in unmatched[:_MOST_SAID])
        more = f"; and {len(unmatched) - _MOST_SAID:,} more" if len(unmatched) > _MOST_SAID else ""
        found.append(
            Caution(
                severity="warn",
                name="unmatched",
                text=f"{len(unmatched):,} rows belong to no pair and are left out ({said}{more})",
                rows=tuple(one.row for one in unmatched if one.side == "served")[:_MOST_ROWS],
            )
        )
    return tuple(found)
