"""Stores made of a few exchanges that a test writes by hand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pyarrow as pa
import pytest

from excise.conformance import scratch_store
from excise.ingest.exchange import Exchange, Turn
from excise.observation.observe import Observer
from excise.observation.secret import Keyring
from excise.store import directory, networks, releases
from excise.store.store import Store

START_S = 1_759_708_800.0  # 2025-10-06 00:00 UTC, a Monday

Rows = Sequence[Mapping[str, object]]


@pytest.fixture
def sent() -> Callable[..., Exchange]:
    """Writes an exchange: who sent it, how long after the start, and the words of its last turn."""
    serial = count()

    def write(
        account: str | None,
        after_s: float = 0.0,
        text: str | None = None,
        *,
        system: str | None = None,
        before: Sequence[tuple[str, str]] = (),
        **fields: object,
    ) -> Exchange:
        turns = [Turn("system", system)] if system is not None else []
        turns += [Turn(role, said) for role, said in before]
        turns += [Turn("user", text)] if text is not None else []
        return Exchange(
            record_id=f"r{next(serial)}",
            started_at_s=START_S + after_s,
            user=account,
            turns=tuple(turns) if turns else None,
            **fields,  # type: ignore[arg-type]
        )

    return write


@pytest.fixture
def store_of(tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Makes a store of exchanges, and of what the provider knows besides; moments are after the start."""
    with ExitStack() as opened:

        def make(
            exchanges: Sequence[Exchange],
            *,
            accounts: Rows = (),
            nets: Rows = (),
            models: Mapping[str, float] | None = None,
            secret: bytes = bytes(32),
        ) -> Store:
            folder = tmp_path / f"store-{len(list(tmp_path.iterdir()))}"
            ring = Keyring.in_memory(secret)
            store = opened.enter_context(Store.open(folder, ring))
            store.append(Observer(ring.reading.secret, "by hand", "user").observe(list(exchanges)))
            known = [{**row, "created_at": _us(row.get("created_at"))} for row in accounts]
            if known:
                store.put_accounts(pa.Table.from_pylist(known, schema=directory.SCHEMA))
            if nets:
                store.put_networks(pa.Table.from_pylist(list(nets), schema=networks.SCHEMA))
            if models:
                out = [{"model": name, "released_at": _us(at)} for name, at in models.items()]
                store.put_releases(pa.Table.from_pylist(out, schema=releases.SCHEMA))
            store.flush()
            return store

        yield make


@pytest.fixture(scope="session")
def world_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A composed world of some three hundred accounts with five campaigns; to ask, never to write to."""
    with scratch_store(tmp_path_factory.mktemp("world-store"), seed=7) as store:
        yield store


def _us(after_s: object) -> int | None:
    return None if after_s is None else round((START_S + float(after_s)) * 1e6)  # type: ignore[arg-type]
