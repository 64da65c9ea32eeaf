"""The Profile: what each actor does, as named features over the window."""

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from numpy.typing import NDArray

from excise.behavior.features import Feature, View
from excise.open_folder import members
from excise.store.tables import Asked

F64 = NDArray[np.float64]


class Profiles(Struct, frozen=True):
    """One row an actor: ``features[name]`` has shape (actors,), NaN where the value is unknown."""

    actors: tuple[str, ...]
    features: Mapping[str, F64]

    def __getitem__(self, name: str) -> F64:
        """Return one feature of every actor."""
        return self.features[name]


def features() -> dict[str, Feature]:
    """Return one of each kind of feature, by name."""
    return {name: kind() for name, kind in members("excise.behavior.features", Feature).items()}  # type: ignore[type-abstract]


def profile(
    store: Asked,
    owner: Mapping[str, str],
    *,
    watch: Callable[[str], None] = lambda _: None,
) -> Profiles:
    """Profile the actors of a store.

    Args:
        store: what is asked.
        owner: the actor of each account.
        watch: called with the name of the feature that is measured now.
    """
    actors = tuple(sorted(set(owner.values())))
    names = pa.array(actors, pa.string())
    view = view_of(store, owner)
    columns = {}
    for name, feature in features().items():
        watch(name)
        table = store.run(feature.of(view))
        at = pc.index_in(table["actor"], value_set=names)
        column = np.full(len(actors), np.nan)
        column[at.to_numpy()] = table["value"].cast(pa.float64()).to_numpy()
        columns[name] = column
    return Profiles(actors, columns)


def view_of(store: Asked, owner: Mapping[str, str]) -> View:
    """Join the actor to every observation and every account."""
    owners = store.keep("owners", _owners(owner))
    size = Counter(owner.values())
    several = store.keep("several", _owners({a: actor for a, actor in owner.items() if size[actor] > 1}))
    tables = store.tables
    return View(
        exchanges=tables.observations.inner_join(owners, "account"),
        several=tables.observations.inner_join(several, "account"),
        accounts=owners.left_join(tables.accounts, "account").drop("account_right"),
        addresses=tables.addresses,
        releases=tables.releases,
    )


def _owners(owner: Mapping[str, str]) -> pa.Table:
    accounts = sorted(owner)
    columns = {"account": accounts, "actor": [owner[account] for account in accounts]}
    return pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})
