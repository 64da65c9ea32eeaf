"""Scoring: verdicts on a composed log against its truth, with intervals.

An account is caught at a false-positive rate r when it ranks above all but the ``floor(r x honest
accounts)`` highest honest accounts. Accounts under a programme count neither way. Shares come with exact 95
% intervals (Clopper and Pearson 1934); clusterings are compared pairwise, by B-cubed (Bagga and Baldwin
1998) and actor by actor.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import msgspec
from scipy.stats import beta

from excise.errors import BadTable
from excise.proving_ground.member import Truth


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``verdicts.jsonl``, as far as it is scored.

    ``rank`` orders accounts; ``bits`` where there is none.
    """

    account: str
    rank: float | None = None
    bits: float | None = None
    actor: str | None = None
    campaign: str | None = None
    verdict: str | None = None

    @property
    def order(self) -> float:
        """What orders the account."""
        return self.rank if self.rank is not None else self.bits if self.bits is not None else -math.inf


class Share(msgspec.Struct, frozen=True):
    """Hits of a number of tries, with an exact 95 % interval."""

    hits: int
    of: int
    value: float
    low: float
    high: float

    @classmethod
    def counted(cls, hits: int, of: int) -> "Share":
        """Make a share; of nothing it is 0, anywhere from 0 to 1.

        >>> Share.counted(9, 10)
        Share(hits=9, of=10, value=0.9, low=0.555, high=0.9975)
        """
        if of == 0:
            return cls(0, 0, 0.0, 0.0, 1.0)
        low = float(beta.ppf(0.025, hits, of - hits + 1)) if hits else 0.0
        high = float(beta.ppf(0.975, hits + 1, of - hits)) if hits < of else 1.0
        return cls(hits, of, round(hits / of, 4), round(low, 4), round(high, 4))


class AtRate(msgspec.Struct, frozen=True, kw_only=True):
    """What is caught at one false-positive rate.

    A campaign is found where half of its accounts are caught.
    """

    rate: float
    recall: Share
    campaigns: Share
    by_tactic: dict[str, Share]
    honest_by_kind: dict[str, Share]
    """honest accounts that are above the line, by kind"""
    honest_by_volume: list[Share]
    """the same by decile of exchanges, least first; empty where the truth does not say how many"""


class Accused(msgspec.Struct, frozen=True, kw_only=True):
    """What the verdicts "distillation" say."""

    accused: int
    precision: Share
    recall: Share
    wrongly: dict[str, int]
    """honest accounts accused, by kind"""


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """How the said actors agree with the true ones."""

    pair_precision: float
    pair_recall: float
    pair_f1: float
    bcubed_precision: float
    """over accounts of true actors with several, as is the recall"""
    bcubed_recall: float
    actor_f1: float
    """mean over true actors with several accounts of the best F1 that any said actor has with them"""


class Calibrated(msgspec.Struct, frozen=True, kw_only=True):
    """How often honest accounts and honest actors reach b bits, times 2^b.

    At most 1 where the claim holds.
    """

    bits: int
    accounts: Share
    accounts_ratio: float
    actors: Share
    actors_ratio: float


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    accounts: int
    harvesting: int
    honest: int
    at: list[AtRate]
    verdicts: Accused | None
    links: Links | None
    calibration: list[Calibrated]


Row = TypeVar("Row")


def read_rows(path: Path, kind: type[Row]) -> list[Row]:
    """Read a file of JSON lines.

    Raises:
        BadTable: a line is not such a row; the message names file and line.
    """
    decoder = msgspec.json.Decoder(kind)
    rows: list[Row] = []
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    rows.append(decoder.decode(line))
                except (msgspec.ValidationError, msgspec.DecodeError) as bad:
                    raise BadTable(
                        f"{path}, line {number}: {bad}; expected a row of {kind.__name__}"
                    ) from bad
    return rows


def score(
    truth: Sequence[Truth], verdicts: Iterable[Verdict], rates: Sequence[float] = (0.0, 0.001, 0.01)
) -> Score:
    """Score verdicts against the truth.

    Args:
        truth: a row per account.
        verdicts: at most a row per account; an account without one ranks last.
        rates: false-positive rates, as shares of honest accounts.
    """
    said = {v.account: v for v in verdicts}
    blank = Verdict(account="")
    order = {t.account: said.get(t.account, blank).order for t in truth}
    harvesting = [t for t in truth if t.campaign]
    honest = [t for t in truth if not t.campaign and not t.programme]
    return Score(
        accounts=len(truth),
        harvesting=len(harvesting),
        honest=len(honest),
        at=[_at(rate, harvesting, honest, order) for rate in rates] if honest else [],
        verdicts=_accused(truth, harvesting, honest, said) if any(v.verdict for v in said.values()) else None,
        links=links(truth, said) if any(v.actor or v.campaign for v in said.values()) else None,
        calibration=_calibration(honest, said),
    )


def links(truth: Sequence[Truth], said: Mapping[str, Verdict]) -> Links:
    """Compare the said actors (campaigns where no actor is said) with the true ones.

    Without listing pairs.
    """
    blank = Verdict(account="")
    true_of = {t.account: t.actor for t in truth}
    said_of: dict[str, str] = {}
    for account in true_of:
        verdict = said.get(account, blank)
        said_of[account] = verdict.actor or verdict.campaign or f"alone-{account}"
    true_size, said_size = Counter(true_of.values()), Counter(said_of.values())
    both = Counter((true_of[a], said_of[a]) for a in true_of)
    hit = sum(map(_pairs, both.values()))
    precision = hit / max(1, sum(map(_pairs, said_size.values())))
    recall = hit / max(1, sum(map(_pairs, true_size.values())))
    several = [(t, s) for t, s in ((true_of[a], said_of[a]) for a in true_of) if true_size[t] > 1]
    best: dict[str, float] = defaultdict(float)
    for (t, s), count in both.items():
        if true_size[t] > 1:
            best[t] = max(best[t], 2 * count / (true_size[t] + said_size[s]))
    return Links(
        pair_precision=round(precision, 4),
        pair_recall=round(recall, 4),
        pair_f1=round(2 * precision * recall / max(precision + recall, 1e-9), 4),
        bcubed_precision=_mean([both[t, s] / said_size[s] for t, s in several]),
        bcubed_recall=_mean([both[t, s] / true_size[t] for t, s in several]),
        actor_f1=_mean(list(best.values())),
    )


def _at(rate: float, harvesting: list[Truth], honest: list[Truth], order: dict[str, float]) -> AtRate:
    line = sorted((order[t.account] for t in honest), reverse=True)[int(rate * len(honest))]

    def above(row: Truth) -> bool:
        return order[row.account] > line

    campaigns: dict[str, list[bool]] = defaultdict(list)
    for row in harvesting:
        campaigns[row.campaign or ""].append(above(row))
    return AtRate(
        rate=rate,
        recall=Share.counted(sum(map(above, harvesting)), len(harvesting)),
        campaigns=Share.counted(sum(2 * sum(c) >= len(c) for c in campaigns.values()), len(campaigns)),
        by_tactic=_by(harvesting, above, lambda t: t.archetype),
        honest_by_kind=_by(honest, above, lambda t: t.archetype),
        honest_by_volume=_deciles(honest, above),
    )


def _by(rows: list[Truth], hit: Callable[[Truth], bool], name: Callable[[Truth], str]) -> dict[str, Share]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        groups[name(row)].append(hit(row))
    return {group: Share.counted(sum(hits), len(hits)) for group, hits in sorted(groups.items())}


def _deciles(rows: list[Truth], hit: Callable[[Truth], bool]) -> list[Share]:
    counted = sorted(
        (r for r in rows if r.exchanges is not None), key=lambda r: (r.exchanges or 0, r.account)
    )
    if not counted:
        return []
    edges = [len(counted) * n // 10 for n in range(11)]
    return [Share.counted(sum(map(hit, counted[low:high])), high - low) for low, high in pairwise(edges)]


def _accused(
    truth: Sequence[Truth], harvesting: list[Truth], honest: list[Truth], said: dict[str, Verdict]
) -> Accused:
    exempt = {t.account for t in truth if t.programme}
    named = {a for a, v in said.items() if v.verdict == "distillation"} - exempt
    right = sum(t.account in named for t in harvesting)
    return Accused(
        accused=len(named),
        precision=Share.counted(right, len(named)),
        recall=Share.counted(right, len(harvesting)),
        wrongly=dict(sorted(Counter(t.archetype for t in honest if t.account in named).items())),
    )


def _calibration(honest: list[Truth], said: dict[str, Verdict]) -> list[Calibrated]:
    bits = {t.account: said[t.account].bits or 0.0 for t in honest if t.account in said}
    if not any(bits.values()):
        return []
    actors: dict[str, float] = defaultdict(float)
    for row in honest:
        actors[row.actor] = max(actors[row.actor], bits.get(row.account, 0.0))
    out: list[Calibrated] = []
    for b in range(1, math.ceil(max(bits.values())) + 1):
        accounts = Share.counted(sum(v >= b for v in bits.values()), len(honest))
        owners = Share.counted(sum(v >= b for v in actors.values()), len(actors))
        out.append(
            Calibrated(
                bits=b,
                accounts=accounts,
                accounts_ratio=round(accounts.hits / accounts.of * 2**b, 3),
                actors=owners,
                actors_ratio=round(owners.hits / owners.of * 2**b, 3),
            )
        )
    return out


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
