"""Trials: one file a repeatable measurement of how well any of this works.

A trial composes worlds from seeds, puts them through the product, and returns a record that is written to a
file with its seeds, so that anyone can run it again. A world that tuned something is never used for a
number that is reported: tuning takes seeds below 500, the shipped reference seeds from 500, reported
figures seeds from 900.
"""

import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import ClassVar, Final, NamedTuple

import msgspec
from msgspec import Struct

from excise.detection.calibration import Reference
from excise.detection.judge import Judgement, judge
from excise.detection.replay import Until
from excise.observation.secret import Keyring
from excise.proving_ground.compose import compose
from excise.proving_ground.draw import SCALES, draw
from excise.proving_ground.kept import once
from excise.proving_ground.member import Truth
from excise.proving_ground.readings import PlainReadings, Readings
from excise.proving_ground.score import read_rows
from excise.proving_ground.world import World
from excise.report.progress import Watcher
from excise.scan import Logs, bring
from excise.store.intake import take_in
from excise.store.store import Store


class Folders(NamedTuple):
    """Folders that a trial may be given.

    Attributes:
        kept: where a long trial keeps what it has done, so that it goes on from there.
        content: real words, instead of the package's own.
    """

    kept: Path | None = None
    content: Path | None = None


_NO_FOLDERS = Folders()


class Trial(ABC):
    """A repeatable measurement."""

    file: ClassVar[str]
    """Where its result is kept."""

    takes: ClassVar[frozenset[str]] = frozenset()
    """Which of the folders of ``Folders`` it has a use for."""

    def __init__(self, folders: Folders = _NO_FOLDERS) -> None:
        self.folders = folders

    @abstractmethod
    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Measure on worlds of these seeds and return the content of the result's file."""


def written(figures: Struct) -> bytes:
    """Return the content of a result's file: the record as JSON that people can read and compare."""
    return msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n"


class Opened(NamedTuple):
    """A composed world as the product has it, and its truth."""

    seed: int
    store: Store
    truth: list[Truth]


class Judged(NamedTuple):
    """A composed world, its truth, and what the product says of it."""

    seed: int
    store: Store
    truth: list[Truth]
    judgement: Judgement


@contextmanager
def opened(world: World, *, seed: int, directory: bool = True) -> Iterator[Opened]:
    """Compose a world and take it in; its files are gone afterwards.

    Args:
        world: what to compose.
        seed: of the secret.
        directory: whether what the provider knows beside the log is brought too.
    """
    with tempfile.TemporaryDirectory(prefix="excise-world-") as folder:
        log = Path(folder) / "log"
        compose(world, log)
        keyring = Keyring.in_memory(seed.to_bytes(32, "little"))
        with Store.open(Path(folder) / "store", keyring) as store:
            logs = Logs(
                paths=(str(log / "log.litellm.jsonl.gz"),),
                accounts=(log / "accounts.jsonl",) if directory else (),
                networks=(log / "asn.csv",) if directory else (),
                releases=(log / "releases.json",) if directory else (),
            )
            take_in(store, keyring, logs.paths)
            bring(store, logs, Watcher())
            yield Opened(seed, store, read_rows(log / "truth.jsonl", Truth))


@contextmanager
def judged(
    seed: int, scale: str, against: Reference | None = None, *, world: World | None = None
) -> Iterator[Judged]:
    """Compose a world, take it in and judge it; its files are gone afterwards.

    Args:
        seed: of the world, of its secret and of the clustering.
        scale: one of ``excise.proving_ground.draw.SCALES``.
        against: the reference to calibrate on; the shipped one by default.
        world: what to compose; what ``draw`` makes of seed and scale by default.
    """
    with opened(world or draw(seed, SCALES[scale]), seed=seed) as one:
        yield Judged(seed, one.store, one.truth, judge(one.store, seed=seed, against=against))


TAUGHT: Final = range(300, 329)
"""The seeds that the shipped forest was grown on, and those that leave a kind out are grown on."""

VIEWS = (0.1, 0.3, 1.0)
"""Worlds are read as they were when so much of their time had passed: a young harvest has to be known too."""


def read(seed: int, scale: str, kept: Path | None, watch: Callable[[str], None]) -> tuple[Readings, ...]:
    """Compose a world and read its actors at each of ``VIEWS``, the whole last; or take what is kept."""
    made = once(
        kept, f"readings-{scale}-{seed}", Views, partial(viewed, seed, draw(seed, SCALES[scale]), watch)
    )
    return tuple(view.readings for view in made.views)


class Views(Struct, frozen=True):
    """What was read of one world at each of ``VIEWS``."""

    views: tuple[PlainReadings, ...]


def viewed(seed: int, world: World, watch: Callable[[str], None]) -> Views:
    """Compose a world and read its actors at each of ``VIEWS``; the seed is that of secret and clustering."""
    nothing = Reference((0.0, 1.0), (1.0, 0.0), 1, 1)
    found = []
    with opened(world, seed=seed) as one:
        for share in VIEWS:
            judgement = judge(Until.share(one.store, share), seed=seed, against=nothing)
            found.append(Readings.of(judgement, one.truth))
    watch(f"world {seed}: {len(found[-1].guilty):,} actors, {found[-1].guilty.sum():,} of them harvest")
    return Views(tuple(view.plain for view in found))
