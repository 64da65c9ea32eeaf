"""A small world's observations in the order of time, and a journal in memory that gives them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from excise.casework.standing import Round, Standing
from excise.detection.campaign import Campaign
from excise.detection.judge import Settings as DetectionSettings
from excise.observation.schema import SCHEMA
from excise.observation.secret import Keyring
from excise.proving_ground.compose import compose
from excise.proving_ground.draw import Scale, draw
from excise.service.loop.turn import Delivery, Loop, Turned
from excise.service.loop.whole import Settings
from excise.store import directory, networks, releases
from excise.store.intake import take_in
from excise.store.store import Store

RING = Keyring.in_memory(bytes(32))
# A threshold that campaigns of so small a world reach.
LOW = Settings(window_days=3_650.0, detection=DetectionSettings(named_at_bits=4.0))


class Waiting:
    """What waits; the same is given again until it is done."""

    def __init__(self) -> None:
        self.batches: list[pa.RecordBatch] = []
        self.position = 0

    def put(self, rows: pa.Table) -> None:
        """Let rows wait."""
        self.batches += rows.combine_chunks().to_batches()

    def take(self) -> Delivery | None:
        """Return all that waits."""
        if not self.batches:
            return None
        pairs = tuple((RING.reading.id, batch) for batch in self.batches)
        return Delivery(self.position + len(self.batches), pairs)

    def done(self, position: int) -> None:
        """Let go of it."""
        self.batches = self.batches[position - self.position :]
        self.position = position


class Desk:
    """Casework that holds what it was given last."""

    def __init__(self) -> None:
        self.standings: dict[str, Standing] = {}
        self.campaigns: dict[str, Campaign] = {}
        self.rounds: list[Round] = []

    def receive(self, found: Round) -> None:
        """Take in what a turn found."""
        self.rounds.append(found)
        self.standings |= {one.account: one for one in found.standings}
        self.campaigns |= {one.name: one for one in found.campaigns}
        for name in found.gone:
            self.campaigns.pop(name, None)


class Made(NamedTuple):
    """A composed world: its rows in the order of time, its tables, and when it ends (epoch seconds)."""

    rows: pa.Table
    tables: dict[str, pa.Table]
    ends_at_s: float


class Bench:
    """A store of a name, the loop over it, what waits for it, and casework; opened again after a kill."""

    def __init__(self, folder: Path, world: Made) -> None:
        self.path, self.world = folder, world
        self.waiting, self.desk = Waiting(), Desk()
        self.store: Store | None = None
        self.loop: Loop | None = None

    def open(self) -> "Bench":
        """Open the store, with what the provider knows, and begin or go on."""
        new = not self.path.exists()
        self.store = Store.open(self.path, RING)
        if new:
            self.store.put_accounts(self.world.tables["accounts"])
            self.store.put_networks(self.world.tables["networks"])
            self.store.put_releases(self.world.tables["releases"])
        self.loop = Loop(self.store, RING, settings=LOW, aside=False)
        return self

    def turn(self) -> Turned:
        """Do one turn at the world's end."""
        assert self.loop is not None
        return self.loop.turn(self.waiting, self.desk.receive, now_s=self.world.ends_at_s)

    def turns(self) -> None:
        """Do turns until nothing waits."""
        while self.waiting.batches or self.turn().waiting:
            self.turn()

    def close(self) -> None:
        """Let go of everything."""
        if self.loop is not None:
            self.loop.close()
        if self.store is not None:
            self.store.close()
        self.store = self.loop = None

    def kill(self) -> None:
        """Lose all that is in memory, as when the process is killed."""
        assert self.store is not None
        self.store._pending.clear()
        self.store._pending_rows = 0
        self.close()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("loop-world")
    compose(draw(7, Scale(accounts=130, exchanges=2_000), days=7, harvesting=0.2), folder / "log")
    with Store.open(folder / "store", RING) as store:
        take_in(store, RING, [folder / "log" / "log.litellm.jsonl.gz"])
        rows = store.run(store.observations()).cast(SCHEMA).sort_by([("started_at", "ascending")])
    return Made(
        rows.combine_chunks(),
        {
            "accounts": directory.read([folder / "log" / "accounts.jsonl"]).table,
            "networks": networks.read([folder / "log" / "asn.csv"]).table,
            "releases": releases.read([folder / "log" / "releases.json"]).table,
        },
        pc.max(rows["started_at"].cast(pa.int64())).as_py() / 1e6,
    )


@pytest.fixture
def bench(tmp_path: Path, world: Made) -> Iterator[Callable[[str], Bench]]:
    """Opens a bench of a name."""
    made: list[Bench] = []

    def open_(name: str) -> Bench:
        made.append(Bench(tmp_path / name, world))
        return made[-1].open()

    yield open_
    for one in made:
        one.close()
