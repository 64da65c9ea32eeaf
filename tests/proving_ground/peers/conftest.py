from collections.abc import Callable, Mapping

import pytest

from excise.proving_ground.peers import Seen
from excise.store.store import Store


@pytest.fixture(scope="session")
def seen_of() -> Callable[..., Seen]:
    """Shows a store to peers; accounts own themselves unless it is said who owns them."""

    def show(store: Store, owner: Mapping[str, str] | None = None) -> Seen:
        rows = store.run(store.tables.observations.select("account").distinct())
        accounts = tuple(sorted(rows["account"].to_pylist()))
        return Seen(store, accounts, owner or {account: account for account in accounts})

    return show
