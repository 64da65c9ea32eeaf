"""The page of what the trials of detection measured, made from their files."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from excise.proving_ground.score import Share
from excise.proving_ground.spread import Spread
from excise.proving_ground.strips import Strip, strips
from excise.proving_ground.trials.blindness import Figures as Blindness
from excise.proving_ground.trials.detection import Figures as Detection
from excise.proving_ground.trials.evasion import Curve as Evasion
from excise.proving_ground.trials.partition import Figures as Partition
from excise.proving_ground.trials.peers import Table as Peers
from excise.proving_ground.trials.replay import Figures as Replay
from excise.proving_ground.trials.transfer import Claims
from excise.proving_ground.trials.transfer import Figures as Transfer

_HEAD = """\
What `make prove` measures of detection. Worlds are composed; the seeds below 500 tune, those from
500 make the reference of honest ranks, and those from 900 are reported and nothing else. A share
comes with its exact 95 % interval, a figure over worlds with the median world, an interval of that
median, and the worst quarter. All worlds come from one generator: what it cannot imagine is not
measured here.
"""
_TRANSFER = """\
A quarter of tactics, of honest kinds and of grammars is left out of all that is learned, and the
worlds that are reported have only those tactics and grammars. The tick is what was asked.
"""
_DETECTION = """\
Worlds with every tactic and kind; the forest that ships has seen other worlds with the same.
"""
_CALIBRATION = """\
How many honest actors of kinds that nothing was learned from claim so many bits, beside how many
may (2^-b of them). It holds where the lower end of the interval is at most twice what is allowed.
"""
_EVASION = """\
What each way to hide leaves of recall at 1 in 1,000, and what it costs: harvested exchanges for
each that is paid, and accounts for 1,000 of them.
"""
_REPLAY = """\
Logs are judged {looks} times as they grow. *Lost* is the share of a campaign's exchanges that are
out before the accounts that sent them are named; 1 where they never are. {named} of {honest:,}
honest accounts were ever named, over all looks.
"""
_PEERS = """\
On the same small worlds, at the same rates; see [members](members.md) for what each is.
"""
_PARTITION = """\
Hundreds of accounts of twenty exchanges each over one corpus, each with a card, a home address and
a client of its own, every request newly worded.
"""
_BLINDNESS = """\
The same worlds, as logs show them that lack something. *Named* are the harvesting accounts that are
accused, *rightly* is the share of all accused accounts that harvest.
"""


def tell_detection(folder: Path) -> str:
    """Return the page below its title, as Markdown with pictures in it.

    Args:
        folder: where the trials' files are; what was not measured is left out.
    """
    parts = [_HEAD]
    for name, kind, tell in _CHAPTERS:
        path = folder / f"{name}.json"
        if path.exists():
            try:
                figures: Any = msgspec.json.decode(path.read_bytes(), type=kind)
            except msgspec.ValidationError:
                parts.append(
                    f"`{name}.json` is of an older version of its trial; `make prove` measures it again.\n"
                )
                continue
            parts += tell(figures)
    return "\n".join(parts)


def _transfer(found: Transfer) -> Iterator[str]:
    yield f"## What was never seen before\n\n{_ran('transfer', found.scale, found.seeds)}\n\n{_TRANSFER}"
    campaigns = [world.campaigns["0.001"] for world in found.worlds]
    asked = (
        ("recall at 1 in 1,000, median world", 0.80, found.median_recall["0.001"]),
        ("recall at 1 in 1,000, worst quarter", 0.50, found.worst_quarter_recall["0.001"]),
        ("campaigns (half of their accounts), median world", 0.85, float(np.median(campaigns))),
        ("pairs of accounts, F1, median world", 0.80, found.median_pair_f1),
        ("actors, F1, median world", 0.80, found.median_actor_f1),
        ("B-cubed precision, median world", 0.95, found.median_bcubed_precision),
    )
    yield _barred(asked)
    yield _shares(found.by_tactic, "recall at 1 in 1,000, by tactic that was left out")
    yield f"### Claims about honest kinds that were left out\n\n{_CALIBRATION}"
    head = ("kind", "actors", *(f"{one.bits} bits" for one in found.calibration[""]), "")
    yield _table(head, (_claimed(kind or "all", claims) for kind, claims in found.calibration.items()))


def _claimed(kind: str, claims: Sequence[Claims]) -> tuple[object, ...]:
    holds = all(one.claimed.low <= 2 * 2.0**-one.bits for one in claims)
    cells = (f"{one.claimed.hits} of {one.allowed:.1f}" for one in claims)
    return (kind.replace("_", " "), claims[0].claimed.of, *cells, "holds" if holds else "**does not**")


def _detection(found: Detection) -> Iterator[str]:
    yield f"## Tactics that were seen before\n\n{_ran('detection', found.scale, found.seeds)}\n\n{_DETECTION}"
    named = [world.score.verdicts for world in found.worlds if world.score.verdicts]
    asked = (
        ("recall at 1 in 1,000, median world", 0.80, found.median_recall["0.001"]),
        ("recall at 1 in 1,000, worst quarter", 0.50, found.worst_quarter_recall["0.001"]),
        ("recall at 1 in 100, median world", None, found.median_recall["0.01"]),
        ("named at 10 bits, median world", None, float(np.median([one.recall.value for one in named]))),
        (
            "of the named rightly, median world",
            None,
            float(np.median([one.precision.value for one in named])),
        ),
        ("pairs of accounts, F1, median world", 0.80, found.median_pair_f1),
        ("actors, F1, median world", 0.80, found.median_actor_f1),
        ("B-cubed precision, median world", 0.95, found.median_bcubed_precision),
    )
    yield _barred(asked)
    at = [one for world in found.worlds for one in world.score.at if one.rate == 0.001]
    tactics = sorted({name for one in at for name in one.by_tactic})
    pooled = {name: _pooled(one.by_tactic[name] for one in at if name in one.by_tactic) for name in tactics}
    yield _shares(pooled, "recall at 1 in 1,000, by tactic")
    rows = (
        (bits, count, f"{found.honest_actors * 2.0 ** -int(bits):.1f}")
        for bits, count in found.honest_actors_at_bits.items()
    )
    yield f"Of {found.honest_actors:,} honest actors, all of kinds that are known, so many claim:\n"
    yield _table(("bits", "actors", "allowed"), rows)


def _evasion(found: Evasion) -> Iterator[str]:
    yield f"## What hiding costs\n\n{_ran('evasion', found.scale, found.seeds)}\n\n{_EVASION}"
    rows = [_strip(one.step.replace("_", " "), one.recall_at_1_in_1000) for one in found.steps]
    yield _drawn(rows, "recall at 1 in 1,000 that is left")
    head = ("evasion", "recall at 1 in 1,000", "at 1 in 100", "harvested for each paid", "accounts for 1,000")
    yield _table(
        head,
        (
            (
                one.means,
                _spread(one.recall_at_1_in_1000),
                _spread(one.recall_at_1_in_100),
                one.harvested_per_exchange_paid,
                one.accounts_per_1000_harvested,
            )
            for one in found.steps
        ),
    )


def _partition(found: Partition) -> Iterator[str]:
    yield f"## The hardest crew\n\n{_ran('partition', found.scale, found.seeds)}\n\n{_PARTITION}"
    rows = (
        ("recall at 1 in 1,000", found.recall_at_1_in_1000, 0.8),
        ("recall at 1 in 100", found.recall_at_1_in_100, None),
        ("named", found.named, None),
        ("pairs held together", found.pair_recall, None),
        ("B-cubed precision", found.bcubed_precision, None),
    )
    yield _drawn([_strip(name, spread, bar) for name, spread, bar in rows], "share, median world")


def _replay(found: Replay) -> Iterator[str]:
    said = _REPLAY.format(looks=found.looks, named=found.honest_named, honest=found.honest)
    yield f"## Before the decision\n\n{_ran('replay', found.scale, found.seeds)}\n\n{said}"
    yield _barred((("lost, median campaign (at most)", -0.1, found.lost.median),))
    tactics: dict[str, list[float]] = {}
    for one in found.campaigns:
        tactics.setdefault(one.tactic, []).append(one.lost)
    yield _table(
        ("tactic", "campaigns", "lost, least", "median", "most"),
        (
            (name.replace("_", " "), len(lost), *(f"{np.quantile(lost, q):.2f}" for q in (0, 0.5, 1)))
            for name, lost in sorted(tactics.items())
        ),
    )


def _blindness(found: Blindness) -> Iterator[str]:
    yield f"## Logs that lack something\n\n{_ran('blindness', found.scale, found.seeds)}\n\n{_BLINDNESS}"
    rows = (
        (one.means, *map(_share, (one.caught_at_1_in_1000, one.caught_at_1_in_100, one.named, one.rightly)))
        for one in found.left
    )
    yield _table(("log", "recall at 1 in 1,000", "at 1 in 100", "named", "rightly"), rows)


def _peers(found: Peers) -> Iterator[str]:
    yield f"## Beside what others do\n\n{_ran('peers', found.scale, found.seeds)}\n\n{_PEERS}"
    yield _drawn(
        [_strip(one.method.replace("_", " "), one.recall_at_1_in_100) for one in found.methods],
        "recall at 1 in 100, median world",
    )
    head = ("method", "recall at 1 in 1,000", "at 1 in 100", "pairs, F1", "pairs, precision", "source")
    yield _table(
        head,
        (
            (
                one.method.replace("_", " "),
                _spread(one.recall_at_1_in_1000),
                _spread(one.recall_at_1_in_100),
                _spread(one.pair_f1),
                _spread(one.pair_precision),
                one.source,
            )
            for one in found.methods
        ),
    )


def _pooled(shares: Iterable[Share]) -> Share:
    known = list(shares)
    return Share.counted(sum(one.hits for one in known), sum(one.of for one in known))


def _shares(shares: Mapping[str, Share], across: str) -> str:
    order = sorted(shares.items(), key=lambda one: (-one[1].value, one[0]))
    rows = [Strip(f"{n.replace('_', ' ')} ({s.of})", s.value, s.low, s.high) for n, s in order]
    return _drawn(rows, f"{across}; the number of accounts in brackets")


def _drawn(rows: Sequence[Strip], across: str) -> str:
    says = "; ".join(f"{row.label}: {row.value:.2f}" for row in rows)
    return f"{strips(rows, says=says, across=across)}\n"


def _strip(label: str, spread: Spread, bar: float | None = None) -> Strip:
    return Strip(label, spread.median, spread.low, spread.high, bar)


def _barred(rows: Iterable[tuple[str, float | None, float]]) -> str:
    """Return a table of figures and what was asked of them; below 0 is what they must not pass."""
    cells = []
    for name, bar, value in rows:
        met = bar is None or (value <= -bar if bar < 0 else value >= bar)
        word = "" if bar is None else "met" if met else "**missed**"
        cells.append((name, "" if bar is None else f"{abs(bar):.2f}", f"{value:.2f}", word))
    return _table(("what", "asked", "measured", ""), cells)


def _ran(trial: str, scale: str, seeds: Sequence[int]) -> str:
    return f"`excise prove {trial} --scale {scale} --seeds {seeds[0]}-{seeds[-1]}`"


def _spread(spread: Spread | None) -> str:
    return "" if spread is None else f"{spread.median:.2f} (worst quarter {spread.worst_quarter:.2f})"


def _share(share: Share) -> str:
    return f"{share.value:.2f} ({share.hits} of {share.of})"


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


_CHAPTERS: tuple[tuple[str, type, Callable[..., Iterator[str]]], ...] = (
    ("transfer", Transfer, _transfer),
    ("detection", Detection, _detection),
    ("blindness", Blindness, _blindness),
    ("partition", Partition, _partition),
    ("replay", Replay, _replay),
    ("evasion", Evasion, _evasion),
    ("peers", Peers, _peers),
)

TOLD = frozenset(name for name, _, _ in _CHAPTERS)
"""The trials that the page tells of; each file is ``docs/measured/NAME.json``."""
