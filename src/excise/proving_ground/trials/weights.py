"""What the readings of detectors are worth: grows the forest that ships with the package."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import ClassVar

from excise.detection.forest import COLUMNS
from excise.detection.weigher import detectors
from excise.proving_ground.growing import grow
from excise.proving_ground.readings import Readings
from excise.proving_ground.trials import Trial, read


class Weights(Trial):
    """Composes worlds, reads every actor and grows the forest on what is true of them.

    The result is the file that ships as ``excise/detection/forest.csv``. The reference of honest ranks is
    measured again after it, on other seeds.
    """

    file: ClassVar[str] = "forest.csv"
    takes: ClassVar[frozenset[str]] = frozenset({"kept"})

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Read the worlds of all seeds, and grow."""
        return grown(
            [view for seed in seeds for view in read(seed, scale, self.folders.kept, watch)], seeds, scale
        )


def grown(parts: list[Readings], seeds: Sequence[int], scale: str) -> bytes:
    """Grow the forest on worlds that were read, and return its table."""
    readings = Readings.joined(parts)
    forest = grow(readings, detectors(), seed=seeds[0])
    text = io.StringIO()
    text.write(
        "# What the readings of detectors are worth, in match weights; written by `excise prove weights`.\n"
        f"# seeds {seeds[0]}-{seeds[-1]}, scale {scale}: three views of each world; "
        f"{int((~readings.guilty).sum())} honest actors, {int(readings.guilty.sum())} that harvest\n"
    )
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(forest.rows())
    return text.getvalue().encode()
