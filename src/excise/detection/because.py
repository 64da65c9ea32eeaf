"""Why: the sentences behind an actor's rank, and behind the claim that its accounts have one owner."""

import numpy as np
from numpy.typing import NDArray

from excise.detection.campaign import Because
from excise.detection.detectors import Detector
from excise.detection.weigher import Weighing
from excise.linking.actor import Link, Strand
from excise.linking.link import Linking
from excise.linking.ties import Resemblance, SharedValue, Sharing, Tie

I64 = NDArray[np.int64]

_WORTH_SAYING = 0.05
_MOST_LINKS = 5_000
_WORTH_A_SENTENCE = 0.5


def reasons(weighing: Weighing, detectors: dict[str, Detector], row: int) -> tuple[Because, ...]:
    """Return the reasons of one actor, strongest first; with the prior their weights add up to its rank."""
    found = []
    for name, detector in detectors.items():
        weight = float(weighing.by_detector[name][row])
        if abs(weight) < _WORTH_SAYING:
            continue
        values = {used: float(weighing.profiles[used][row]) for used in detector.uses}
        found.append(Because(signal=name, weight=round(weight, 3), text=detector.sentence(values)))
    return tuple(sorted(found, key=lambda because: (-because.weight, because.signal)))


def links_of(linking: Linking, ties: dict[str, Tie], members: I64) -> tuple[Link, ...]:
    """Return the links inside an actor, the strongest first, at most five thousand; each with its strands."""
    weighed = linking.weighed
    rows = _inside(linking, members)
    rows = rows[np.argsort(-weighed.weight[rows], kind="stable")][:_MOST_LINKS]
    names = dict(zip(members.tolist(), linking.evidence.accounts.take(members).to_pylist(), strict=True))
    short = {name: _short(tie) for name, tie in ties.items()}
    return tuple(
        Link(
            one=names[int(weighed.one[row])],
            other=names[int(weighed.other[row])],
            weight=round(float(weighed.weight[row]), 3),
            strands=tuple(
                Strand(
                    tie=name,
                    block=tie.block,
                    weight=round(float(weighed.by_tie[name][row]), 3),
                    text=short[name],
                )
                for name, tie in ties.items()
                if abs(weighed.by_tie[name][row]) >= _WORTH_A_SENTENCE
            ),
        )
        for row in rows
    )


def why_one(linking: Linking, ties: dict[str, Tie], members: I64) -> tuple[Because, ...]:
    """Return why an actor's accounts are held to have one owner: a sentence a tie, with its mean weight.

    The mean is over the links inside the actor, so a tie that joins few of its accounts weighs little here.
    """
    if len(members) < 2:
        return ()
    weighed = linking.weighed
    rows = _inside(linking, members)
    found = []
    for name, tie in ties.items():
        weight = float(weighed.by_tie[name][rows].mean()) if len(rows) else 0.0
        if abs(weight) < _WORTH_A_SENTENCE:
            continue
        if isinstance(tie, SharedValue):
            text = tie.sentence(_sharing(linking, name, members))
        elif isinstance(tie, Resemblance):
            accounts = linking.evidence.accounts.take(members).to_pylist()
            text = tie.sentence(linking.evidence.about(name, members), accounts)
        else:
            continue
        found.append(Because(signal=name, weight=round(weight, 3), text=text))
    return tuple(sorted(found, key=lambda because: (-because.weight, because.signal)))


def _inside(linking: Linking, members: I64) -> I64:
    """Return the rows of the pairs that link two of an actor's accounts."""
    weighed, mine = linking.weighed, _marked(linking, members)
    rows = np.flatnonzero(weighed.weight > 0)
    linked: I64 = rows[mine[weighed.one[rows]] & mine[weighed.other[rows]]]
    return linked


def _marked(linking: Linking, members: I64) -> NDArray[np.bool_]:
    """Mark an actor's accounts among all: to look one up takes no search."""
    mine = np.zeros(len(linking.evidence.accounts), np.bool_)
    mine[members] = True
    return mine


def _sharing(linking: Linking, name: str, members: I64) -> Sharing:
    """Describe the value of a tie that most of an actor's accounts carry."""
    rows = linking.evidence.carried[name]
    inside = _marked(linking, members)[rows.account]
    counts = np.bincount(rows.value[inside], minlength=max(rows.values, 1))
    best = int(np.argmax(counts))
    outside = int(np.count_nonzero((rows.value == best) & ~inside))
    detail = rows.detail[inside & (rows.value == best)]
    known = detail[~np.isnan(detail)]
    return Sharing(
        inside=int(counts[best]),
        size=len(members),
        outside=outside,
        detail=float(np.median(known)) if len(known) else None,
    )


def _short(tie: Tie) -> str:
    return (type(tie).__doc__ or "").strip().splitlines()[0].rstrip(".")
