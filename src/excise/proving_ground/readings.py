"""What the detectors read off the actors of a composed world, beside the truth: what a forest is grown on."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from excise.detection.judge import Judgement
from excise.proving_ground.member import Truth

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Readings(Struct, frozen=True):
    """The actors of worlds, as detection saw them.

    ``columns`` holds by detector what it read, shape (actors,), NaN where unknown. ``guilty``: most of an
    actor's accounts harvest; ``mixed``: some do, or a programme covers some, so that it is neither.
    ``accounts`` is the size of each actor, ``kind`` the tactic or honest kind of most of its accounts.
    """

    columns: dict[str, F64]
    guilty: Mask
    mixed: Mask
    accounts: F64
    kind: NDArray[np.str_]

    @classmethod
    def of(cls, judgement: Judgement, truth: list[Truth]) -> "Readings":
        """Read a judged world."""
        row_of = {row.account: row for row in truth}
        profiles = judgement.weighing.profiles
        guilty, mixed, kinds, sizes = [], [], [], []
        for row in range(len(profiles.actors)):
            mine = [row_of[account] for account in judgement.accounts(row) if account in row_of]
            share = float(np.mean([one.campaign is not None for one in mine])) if mine else 0.0
            guilty.append(share > 0.5)
            mixed.append(0 < share <= 0.5 or any(one.programme for one in mine) or not mine)
            kinds.append(_most([one.archetype for one in mine]))
            sizes.append(float(len(judgement.members[row])))
        columns = {name: detector.reading(profiles) for name, detector in judgement.detectors.items()}
        return cls(columns, np.array(guilty), np.array(mixed), np.array(sizes), np.array(kinds))

    @classmethod
    def joined(cls, parts: "list[Readings]") -> "Readings":
        """Put the actors of several worlds together."""
        return cls(
            {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns},
            np.concatenate([part.guilty for part in parts]),
            np.concatenate([part.mixed for part in parts]),
            np.concatenate([part.accounts for part in parts]),
            np.concatenate([part.kind for part in parts]),
        )

    @property
    def plain(self) -> "PlainReadings":
        """The same as plain lists, to be kept in a file."""
        return PlainReadings(
            {name: _known(column) for name, column in self.columns.items()},
            self.guilty.tolist(),
            self.mixed.tolist(),
            self.accounts.tolist(),
            self.kind.tolist(),
        )

    def where(self, kept: Mask) -> "Readings":
        """Return some of the actors."""
        return Readings(
            {name: column[kept] for name, column in self.columns.items()},
            self.guilty[kept],
            self.mixed[kept],
            self.accounts[kept],
            self.kind[kept],
        )


class PlainReadings(Struct, frozen=True):
    """``Readings`` as JSON holds them; None where a reading is unknown.

    >>> plain = PlainReadings({"pace": [1.5, None]}, [True, False], [False, False], [2.0, 1.0], ["a", "b"])
    >>> plain.readings.columns["pace"].tolist()
    [1.5, nan]
    >>> plain.readings.plain == plain
    True
    """

    columns: dict[str, list[float | None]]
    guilty: list[bool]
    mixed: list[bool]
    accounts: list[float]
    kind: list[str]

    @property
    def readings(self) -> Readings:
        """The same as arrays."""
        return Readings(
            {name: np.array(column, dtype=np.float64) for name, column in self.columns.items()},
            np.array(self.guilty, dtype=np.bool_),
            np.array(self.mixed, dtype=np.bool_),
            np.array(self.accounts, dtype=np.float64),
            np.array(self.kind, dtype=np.str_),
        )


def _known(column: F64) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in column]


def _most(names: list[str]) -> str:
    return max(sorted(set(names)), key=names.count) if names else ""
