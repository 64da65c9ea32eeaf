"""Peers: one file a method that others published or use, run on the same worlds as ours.

A peer gets what our observations hold and nothing else. Where the published method looked at words or at
embeddings of them, ours looks at the keyed sketches instead, and its docstring says so: what is compared is
the method's idea on the same evidence, not somebody's program. Some peers stand on packages that Excise does
not need; the extra ``peers`` brings them.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import ClassVar, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from excise.errors import NotInstalled
from excise.open_folder import members
from excise.store.tables import Asked

F64 = NDArray[np.float64]

UNKNOWN = -np.inf
"""The rank of an account of which a method says nothing: it has too few exchanges, or none with words."""


class Seen(NamedTuple):
    """What a peer may look at.

    ``accounts`` are all accounts with an exchange, in the order of their names; ``owner`` is the actor that
    our linking gives each of them, for methods that are run on linked clusters.
    """

    store: Asked
    accounts: tuple[str, ...]
    owner: Mapping[str, str]


class Ranking(Struct, frozen=True):
    """What a peer says: ``rank`` has shape (accounts,), the most suspicious highest.

    ``actor`` names the actor of each account where the peer links accounts, else None.
    """

    rank: F64
    actor: tuple[str, ...] | None = None


class Peer(ABC):
    """A method to compare with."""

    source: ClassVar[str]
    """Who published it, and when."""

    @abstractmethod
    def rank(self, seen: Seen, *, seed: int) -> Ranking:
        """Rank every account; equal worlds and seeds give equal ranks.

        Raises:
            NotInstalled: it stands on a package that is not there.
        """


def peer_kinds() -> dict[str, type[Peer]]:
    """Return the peers by name.

    >>> "output_volume" in peer_kinds()
    True
    """
    return members("excise.proving_ground.peers", Peer)  # type: ignore[type-abstract]


def optional(module: str) -> ModuleType:
    """Import a module of the extra ``peers`` when it is needed, and not before.

    Raises:
        NotInstalled: it is not there.

    >>> optional("statistics").__name__
    'statistics'
    """
    try:
        return import_module(module)
    except ImportError as absent:
        package = module.partition(".")[0]
        raise NotInstalled(
            f"the package {package} is not installed; install it with: pip install 'excise[peers]'"
        ) from absent
