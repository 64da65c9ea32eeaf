"""What the readings of detectors are worth: grows the forest that ships with the package."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import ClassVar

from excise.detection.forest import COLUMNS
from excise.detection.weigher import detectors
from excise.proving_ground.growing import grow
from excise.proving_ground.readings import Readings
from excise.proving_ground.trials import Trial, judged


class Weights(Trial):
    """Composes worlds, reads every actor and grows the forest on what is true of them.

    The result is the file that ships as ``excise/detection/forest.csv``. The reference of honest ranks is
    measured again after it, on other seeds.
    """

    file: ClassVar[str] = "forest.csv"

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Read the worlds of all seeds, and grow."""
        parts: list[Readings] = []
        for seed in seeds:
            with judged(seed, scale) as world:
                parts.append(Readings.of(world.judgement, world.truth))
            watch(
                f"world {seed}: {len(parts[-1].guilty):,} actors, {parts[-1].guilty.sum():,} of them harvest"
            )
        readings = Readings.joined(parts)
        forest = grow(readings, detectors(), seed=seeds[0])
        text = io.StringIO()
        text.write(
            "# What the readings of detectors are worth, in match weights; written by `excise prove weights`.\n"
            f"# seeds {seeds[0]}-{seeds[-1]}, scale {scale}: {int((~readings.guilty).sum())} honest actors, "
            f"{int(readings.guilty.sum())} that harvest\n"
        )
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows(forest.rows())
        return text.getvalue().encode()
