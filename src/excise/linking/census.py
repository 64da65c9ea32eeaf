"""Who else there is: what is known of accounts outside the ones that are linked now.

How rare a shared value is can only be counted among all accounts. Where only a part of them is linked, the
others are counted here.
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import pyarrow as pa
from msgspec import Struct
from numpy.typing import NDArray

from excise.linking.carried import Evidence

I64 = NDArray[np.int64]


class Census(Protocol):
    """Knows the accounts that are not linked now."""

    def owners(self, accounts: pa.Array) -> int:
        """Return how many owners there are besides those of these accounts."""

    def carriers(self, tie: str, values: pa.Array, accounts: pa.Array) -> I64:
        """Return how many owners besides those of these accounts carry each value of a tie."""


class Outside(Struct, frozen=True):
    """What a census says: how many other owners there are, and how many carry each value of each tie."""

    owners: int
    carriers: Mapping[str, I64]


NOBODY = Outside(0, {})
"""All accounts are linked together: nobody is outside."""


def outside(census: Census | None, evidence: Evidence) -> Outside:
    """Ask a census about all that the linked accounts carry."""
    if census is None:
        return NOBODY
    carriers = {
        name: census.carriers(name, rows.names, evidence.accounts) for name, rows in evidence.carried.items()
    }
    return Outside(census.owners(evidence.accounts), carriers)
