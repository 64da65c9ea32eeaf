"""How often analysts agreed: of the closed cases for which a detector spoke, or that claimed so many bits.

It measures calibration. It never changes a weight: what people decide does not flow back into detection.
"""

from collections import Counter

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from excise.casework.case import Outcome
from excise.casework.state.database import Database, Row, Writing
from excise.casework.state.tables import CAMPAIGNS, CASE_SIGNALS
from excise.detection.campaign import Because, Campaign

_WHOLE_CASE = ""
"""The signal under which a case as a whole is remembered."""


class Agreement(Struct, frozen=True, kw_only=True):
    """Closed cases for which a detector spoke (or which claimed some bits), by what they came to."""

    name: str
    confirmed: int
    not_harvesting: int
    unsure: int


class Agreements:
    """Counts what investigations came to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_detector(self, *, since_s: float = 0.0) -> tuple[Agreement, ...]:
        """Return the counts of each detector that spoke for a case, by name."""
        of = CASE_SIGNALS.c
        statement = sa.select(of.signal, of.outcome, sa.func.count().label("n")).where(
            of.weight > 0, of.signal != _WHOLE_CASE, of.closed_at_s >= since_s
        )
        with self._database.reading() as reading:
            rows = reading.rows(statement.group_by(of.signal, of.outcome))
        return _counted([(row["signal"], row["outcome"], row["n"]) for row in rows])

    def by_bits(self, *, since_s: float = 0.0) -> tuple[Agreement, ...]:
        """Return the counts of cases by the whole bits that they claimed when they were closed."""
        of = CASE_SIGNALS.c
        statement = sa.select(of.bits, of.outcome).where(of.signal == _WHOLE_CASE, of.closed_at_s >= since_s)
        with self._database.reading() as reading:
            rows = reading.rows(statement)
        return _counted([(f"{int(row['bits']):02d}", row["outcome"], 1) for row in rows])

    def spoken(self, *, since_s: float, most: int = 1_000) -> dict[str, int]:
        """Return for how many campaigns each detector spoke, of those judged since a moment, newest first."""
        of = CAMPAIGNS.c
        statement = sa.select(of.record).where(of.at_s >= since_s).order_by(of.at_s.desc()).limit(most)
        with self._database.reading() as reading:
            records = reading.column(statement)
        return Counter(
            reason.signal
            for record in records
            for reason in msgspec.convert(record, _Reasons).because
            if reason.weight > 0
        )


class _Reasons(Struct, frozen=True):
    because: tuple[Because, ...]


def remember(writing: Writing, case: Row, outcome: Outcome) -> None:
    """Keep, of a case that is closed, what spoke for it and what it came to."""
    of = CAMPAIGNS.c
    signals = {_WHOLE_CASE: 0.0}
    record = writing.value(sa.select(of.record).where(of.name == case["campaign"]))
    if record is not None:
        signals |= {one.signal: one.weight for one in msgspec.convert(record, Campaign).because}
    writing.put(
        CASE_SIGNALS,
        [
            {
                "case_id": case["id"],
                "signal": signal,
                "weight": weight,
                "bits": case["bits"],
                "outcome": outcome,
                "closed_at_s": writing.now_s,
            }
            for signal, weight in signals.items()
        ],
    )


def forget(writing: Writing, case: str) -> None:
    """Take back what a case came to: it is open again."""
    writing.run(sa.delete(CASE_SIGNALS).where(CASE_SIGNALS.c.case_id == case))


def _counted(found: list[tuple[str, str, int]]) -> tuple[Agreement, ...]:
    counts: dict[str, dict[str, int]] = {}
    for name, outcome, count in found:
        by_outcome = counts.setdefault(name, dict.fromkeys(Outcome, 0))
        by_outcome[outcome] += count
    return tuple(
        Agreement(
            name=name,
            confirmed=by_outcome[Outcome.CONFIRMED],
            not_harvesting=by_outcome[Outcome.NOT_HARVESTING],
            unsure=by_outcome[Outcome.UNSURE],
        )
        for name, by_outcome in sorted(counts.items())
    )
