"""How many bits there are against students of served replies, and against those that saw none."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from excise import __version__
from excise.proving_ground.students.bars import bars
from excise.proving_ground.students.lessons import Curriculum, FolderCurriculum, OwnCurriculum
from excise.proving_ground.students.plan import Build, Recipe
from excise.proving_ground.students.probing import Probe, follow, signs
from excise.proving_ground.students.room import demand_models, room
from excise.proving_ground.students.roster import MARKS, roster
from excise.proving_ground.students.summary import Figures, Followed, curves, nulls, radioactivity
from excise.proving_ground.students.supply import Sizes, Supply
from excise.proving_ground.trials import Trial, written

LANGUAGE, RIVAL_LANGUAGE = 3, 11
"""Which words the teacher and the rival learn; see ``OwnCurriculum``."""


class Scope(Struct, frozen=True, kw_only=True):
    """How much a trial does.

    Attributes:
        sizes: of teachers and students.
        full: whether every attack is tried, and watermarks.
        marks: which of them.
    """

    sizes: Sizes
    full: bool
    marks: tuple[str, ...] = MARKS


SCOPES = {
    "small": Scope(
        sizes=Sizes(taught=1500, served=200, schooling=Recipe(epochs=4, batch=16)),
        full=False,
    ),
    "medium": Scope(sizes=Sizes(), full=True, marks=MARKS[:1]),
    "large": Scope(sizes=Sizes(taught=40_000, served=2_000, teacher=Build(width=512, layers=8)), full=True),
}
"""What the scales mean here: minutes on one core, most of an hour on one core, and an hour on a GPU."""

_TEXT_NAMES = ("distilled", "thorough", "logits")
_TEXT = (("max_tokens", "24"),)
_KEYS = (("fresh", "99"), ("max_tokens", "40"))
PROBES = (
    Probe(name="twins", method="twins", access="log-probabilities"),
    Probe(name="twins, beside the teacher", method="twins", access="log-probabilities", reference=True),
    Probe(
        name="twins by text",
        method="twins_text",
        access="text",
        reference=True,
        names=_TEXT_NAMES,
        settings=_TEXT,
    ),
    *(
        Probe(name=f"keys, {mark}", method="keys", access="text", mark=mark, settings=_KEYS, most_steps=300)
        for mark in MARKS
    ),
)
"""What every student is asked by, as far as it makes sense."""

_SIGNS = "twins, signs only"


class Lineage(Trial):
    """Bits against students of a teacher: by method, access, dilution and attack; controls; nulls."""

    file: ClassVar[str] = "lineage.json"
    takes: ClassVar[frozenset[str]] = frozenset({"kept", "content"})

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Train, ask and follow; what is kept of an earlier run is not done again.

        Raises:
            BadSetting: the extra ``lineage`` is not installed.
        """
        demand_models("training students")
        scope = SCOPES[scale]
        followed: list[Followed] = []
        with room(self.folders.kept) as kept:
            for seed in seeds:
                supply = self._supply(kept, scope.sizes, seed)
                followed += _followed(supply, scope, seed, watch)
        null = nulls(followed, seeds[0])
        figures = Figures(
            version=__version__,
            scale=scale,
            seeds=tuple(seeds),
            words="own" if self.folders.content is None else "real",
            served=scope.sizes.served,
            bars=tuple(bars(followed, null)),
            curves=tuple(curves(followed)),
            nulls=tuple(null),
            radioactivity=tuple(radioactivity(followed)),
        )
        return written(figures)

    def _supply(self, kept: Path, sizes: Sizes, seed: int) -> Supply:
        import torch  # noqa: PLC0415 - an extra, and slow to import

        from excise.proving_ground.students.workshop import Workshop  # noqa: PLC0415 - needs the extra

        # Sums come out a little different on several threads: one makes a run the same everywhere.
        torch.set_num_threads(1)
        words, rivals = self._curricula()
        sizes = replace(sizes, taught=min(sizes.taught, words.most))
        return Supply(Workshop(kept), words, rivals, sizes, seed)

    def _curricula(self) -> tuple[Curriculum, Curriculum]:
        if self.folders.content is not None:
            real = FolderCurriculum(self.folders.content)
            return real, real
        return OwnCurriculum(LANGUAGE), OwnCurriculum(RIVAL_LANGUAGE)


def _followed(supply: Supply, scope: Scope, seed: int, watch: Callable[[str], None]) -> Iterator[Followed]:
    watch(f"seed {seed}: teacher and what it serves")
    for entrant in roster(supply, full=scope.full, marks=scope.marks):
        said = []
        for probe in PROBES:
            if not probe.tries(entrant) or (probe.mark and probe.mark not in scope.marks):
                continue
            one = Followed(probe, entrant, seed, follow(probe, entrant, supply))
            yield one
            said.append(f"{one.track.bits[-1]:.1f} bits by {probe.name}")
            if probe.name == "twins":
                yield Followed(replace(probe, name=_SIGNS), entrant, seed, signs(one.track))
        strength = "" if entrant.strength is None else f" {entrant.strength:g}"
        mark = f", {entrant.mark}" if entrant.mark else ""
        watch(f"seed {seed}: {entrant.name}{strength}{mark}: {'; '.join(said)}")
