"""How high honest actors rank: the reference that gives ranks their bits."""

from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np

from excise.detection.calibration import Reference
from excise.proving_ground.trials import Trial, judged


class Calibration(Trial):
    """Ranks of the honest actors of composed worlds; an actor with one harvesting account is not honest.

    Licensed distillers are left out: they do harvest, and a contract lets them. The result is the file that
    ships as ``excise/detection/reference.csv``.
    """

    file: ClassVar[str] = "reference.csv"

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Count honest actors at least as high, on a grid of ranks."""
        nothing = Reference((0.0, 1.0), (1.0, 0.0), 1, 1)
        ranks: list[float] = []
        for seed in seeds:
            with judged(seed, scale, nothing) as world:
                guilty = {row.account for row in world.truth if row.campaign or row.programme}
                rank = world.judgement.weighing.rank
                ranks.extend(
                    float(rank[row])
                    for row in range(len(world.judgement.actors))
                    if guilty.isdisjoint(world.judgement.accounts(row))
                )
            watch(f"world {seed}: {len(ranks):,} honest actors so far, the highest rank {max(ranks):.2f}")
        made = Reference.of(np.array(ranks), len(seeds))
        lines = [
            "# Ranks of honest actors in composed worlds, written by `excise prove calibration`.",
            f"# seeds {seeds[0]}-{seeds[-1]}, scale {scale}",
            "actors,worlds",
            f"{made.actors},{made.worlds}",
            "rank,share",
        ]
        lines += [f"{rank:g},{share:.6f}" for rank, share in zip(made.ranks, made.share, strict=True)]
        return ("\n".join(lines) + "\n").encode()
