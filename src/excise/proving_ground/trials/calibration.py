"""How high honest actors rank: the reference that gives ranks their bits."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from excise.detection.calibration import Reference
from excise.detection.forest import Forest, shipped
from excise.proving_ground.readings import Readings
from excise.proving_ground.trials import TAUGHT, Trial, read
from excise.proving_ground.unfamiliar import ranks, unfamiliar


class Calibration(Trial):
    """Ranks of the honest actors of composed worlds; an actor with one harvesting account is not honest.

    By the forest that ships, and kind by kind by forests that do not know the kind. Licensed distillers are
    left out: they do harvest, and a contract lets them. The result is the file that ships as
    ``excise/detection/reference.csv``.
    """

    file: ClassVar[str] = "reference.csv"
    takes: ClassVar[frozenset[str]] = frozenset({"kept"})

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Count honest actors at least as high, on a grid of ranks."""
        taught = [view for seed in TAUGHT for view in read(seed, scale, self.folders.kept, watch)]
        seen = [read(seed, scale, self.folders.kept, watch)[-1] for seed in seeds]
        return referred(shipped(), taught, seen, seeds=seeds, scale=scale)


def referred(
    forest: Forest, taught: list[Readings], seen: list[Readings], *, seeds: Sequence[int], scale: str
) -> bytes:
    """Return the table of the reference, made of the worlds ``seen``."""
    everyone = Readings.joined(seen)
    honest = everyone.where(~everyone.guilty & ~everyone.mixed)
    strange = unfamiliar(Readings.joined(taught), everyone, seed=seeds[0])
    made = Reference.of(ranks(forest, honest), len(seeds), strange)
    lines = [
        "# Ranks of honest actors in composed worlds, written by `excise prove calibration`.",
        f"# seeds {seeds[0]}-{seeds[-1]}, scale {scale}; forests without a kind: {TAUGHT[0]}-{TAUGHT[-1]}",
        "actors,worlds",
        f"{made.actors},{made.worlds}",
        "rank,share,unfamiliar",
    ]
    table = zip(made.ranks, made.share, made.unfamiliar, strict=True)
    lines += [f"{rank:g},{share:.6f},{claimed:.6f}" for rank, share, claimed in table]
    return ("\n".join(lines) + "\n").encode()
