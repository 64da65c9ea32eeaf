"""A composed world of some two hundred accounts, a quarter of which harvest, and what is said of it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from excise.detection.judge import Judgement, Settings, judge
from excise.observation.secret import Keyring
from excise.proving_ground.compose import compose
from excise.proving_ground.draw import Scale, draw
from excise.report.progress import Watcher
from excise.scan import Logs, bring
from excise.store.intake import take_in
from excise.store.store import Store

SETTINGS = Settings(named_at_bits=4.0)
"""Low, so that a small world has campaigns of all kinds, and honest actors among them."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the world's files."""
    folder = tmp_path_factory.mktemp("world")
    compose(draw(31, Scale(accounts=160, exchanges=3_000), days=6, harvesting=0.3), folder)
    return folder


@pytest.fixture(scope="session")
def open_store(world: Path) -> Callable[..., Store]:
    """Makes a store of the world, or of other logs and another directory in their place."""

    def make(
        folder: Path, *, logs: Sequence[Path] = (), accounts: Path | None = None, secret: bytes = bytes(32)
    ) -> Store:
        ring = Keyring.in_memory(secret)
        store = Store.open(folder / "store", ring)
        take_in(store, ring, [*map(str, logs)] or [str(world / "log.litellm.jsonl.gz")])
        known = Logs(
            paths=(),
            accounts=(accounts or world / "accounts.jsonl",),
            networks=(world / "asn.csv",),
            releases=(world / "releases.json",),
        )
        bring(store, known, Watcher())
        return store

    return make


@pytest.fixture(scope="session")
def store(open_store: Callable[..., Store], tmp_path_factory: pytest.TempPathFactory):
    """The store of the world, to ask and never to write to."""
    with open_store(tmp_path_factory.mktemp("judged")) as opened:
        yield opened


@pytest.fixture(scope="session")
def judgement(store: Store) -> Judgement:
    """What is said of the world."""
    return judge(store, seed=5, settings=SETTINGS)
