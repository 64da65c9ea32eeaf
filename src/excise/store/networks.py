"""Which network an address lies in: the longest prefix in a list of networks, IPv4 and IPv6 alike.

An IPv4 address is the IPv6 address that maps it (::ffff:0:0/96, RFC 4291 section 2.5.5.2), so there is one
kind of address, one table, and one search: the prefixes are cut into intervals that do not overlap, each with
its most specific prefix, and a binary search finds an address's interval.
"""

import re
import socket
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from excise.store.rows import FieldError, Layout, Reading, text
from excise.store.rows import read as read_rows

SCHEMA: pa.Schema = pa.schema(
    [
        pa.field("prefix", pa.string()),
        pa.field("asn", pa.int64()),
        pa.field("network", pa.string()),
        pa.field("kind", pa.string()),
    ]
)
"""One row is an address block and the network that owns it; ``kind`` is residential, hosting, mobile, ..."""

ADDRESSES: pa.Schema = pa.schema(
    [
        pa.field("address", pa.string()),
        pa.field("block", pa.string()),
        pa.field("asn", pa.int64()),
        pa.field("network", pa.string()),
        pa.field("kind", pa.string()),
    ]
)
"""One row is an address; ``block`` is the /24 (IPv4) or /48 (IPv6) around it, null where it is no address."""

_BYTES = 16
_END = 1 << 128
_MAPPED = bytes(10) + b"\xff\xff"
_LARGEST_ASN = 2**32 - 1


class Networks:
    """The networks that a provider's list names.

    Args:
        table: rows of ``SCHEMA``.

    >>> rows = [{"prefix": "198.18.0.0/16", "asn": 1, "network": "wide", "kind": "residential"},
    ...         {"prefix": "198.18.7.0/24", "asn": 2, "network": "narrow", "kind": "hosting"}]
    >>> networks = Networks(pa.Table.from_pylist(rows, schema=SCHEMA))
    >>> networks.resolve(pa.array(["198.18.7.9", "198.18.8.1"])).select(["block", "network"]).to_pylist()
    [{'block': '198.18.7.0/24', 'network': 'narrow'}, {'block': '198.18.8.0/24', 'network': 'wide'}]
    """

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def resolve(self, addresses: pa.Array | pa.ChunkedArray) -> pa.Table:
        """Return one row of ``ADDRESSES`` for each distinct address, in their order; nulls are left out.

        The work goes with the number of distinct addresses, not of observations.
        """
        distinct = sorted(a for a in addresses.unique().to_pylist() if a is not None)
        packed = [packed_address(address) for address in distinct]
        known = np.array([p is not None for p in packed], dtype=np.bool_)
        values = _vector(p or bytes(_BYTES) for p in packed)
        owner = self._intervals.owners[np.searchsorted(self._intervals.starts, values, side="right") - 1]
        rows = pa.array(owner, mask=~known | (owner < 0))
        found = self._table.take(rows)
        blocks = [None if p is None else block(p) for p in packed]
        return pa.Table.from_arrays(
            [
                pa.array(distinct, pa.string()),
                pa.array(blocks, pa.string()),
                *(found.column(name).combine_chunks() for name in ("asn", "network", "kind")),
            ],
            schema=ADDRESSES,
        )

    @cached_property
    def _intervals(self) -> "_Intervals":
        prefixes = sorted(
            (*packed_prefix(prefix), row)
            for row, prefix in enumerate(self._table.column("prefix").to_pylist())
        )
        starts, owners = [0], [-1]

        def from_here(start: int, owner: int) -> None:
            if start == starts[-1]:
                owners[-1] = owner
            elif start < _END:
                starts.append(start)
                owners.append(owner)

        around: list[tuple[int, int]] = []  # the prefixes around us: where each ends, and its row
        for start, length, row in prefixes:
            while around and around[-1][0] <= start:
                end, _ = around.pop()
                from_here(end, around[-1][1] if around else -1)
            from_here(start, row)
            around.append((start + (1 << (128 - length)), row))
        while around:
            end, _ = around.pop()
            from_here(end, around[-1][1] if around else -1)
        return _Intervals(
            _vector(start.to_bytes(_BYTES) for start in starts), np.array(owners, dtype=np.int64)
        )


class _Intervals(NamedTuple):
    """Where each interval starts (16 bytes, ascending), and the row of its most specific prefix, or -1."""

    starts: npt.NDArray[np.bytes_]
    owners: npt.NDArray[np.int64]


def read(paths: Iterable[Path]) -> Reading:
    """Read lists of networks; of a prefix that comes twice the last row is taken.

    Raises:
        BadTable: a file cannot be read, has no column ``prefix``, or not one good row.
    """
    return read_rows(paths, _LAYOUT)


def packed_address(address: str) -> bytes | None:
    """Return the 16 bytes of an IPv4 or IPv6 address, with or without a port or zone; None if it is neither.

    >>> packed_address("10.0.0.1").hex(), packed_address("[2001:db8::1]:443").hex(), packed_address("unknown")
    ('00000000000000000000ffff0a000001', '20010db8000000000000000000000001', None)
    """
    bare = address.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    bare = bare.partition("%")[0]
    try:
        if ":" in bare:
            return socket.inet_pton(socket.AF_INET6, bare)
        return _MAPPED + socket.inet_pton(socket.AF_INET, bare)
    except (OSError, ValueError):
        return None


def packed_prefix(prefix: str) -> tuple[int, int]:
    """Return where a block starts and how many of its 128 bits are fixed.

    Raises:
        FieldError: it is no address block.

    >>> packed_prefix("::ffff:0:0/96") == packed_prefix("0.0.0.0/0")
    True
    """
    address, _, length_text = prefix.partition("/")
    packed = packed_address(address)
    if packed is None or not re.fullmatch(r"[0-9]{0,3}", length_text):
        raise FieldError(f"is no address block: {prefix[:50]!r}")
    offset = 0 if ":" in address else 96
    length = offset + int(length_text) if length_text else 128
    if length > 128:
        raise FieldError(f"is no address block: {prefix[:50]!r}")
    free = 128 - length
    return int.from_bytes(packed) >> free << free, length


def block(packed: bytes) -> str:
    """Return the block that an address shares with its neighbors: the /24 of IPv4, the /48 of IPv6.

    >>> block(packed_address("198.18.7.9")), block(packed_address("2001:db8:1:2::3"))
    ('198.18.7.0/24', '2001:db8:1::/48')
    """
    if packed.startswith(_MAPPED):
        return f"{packed[12]}.{packed[13]}.{packed[14]}.0/24"
    return socket.inet_ntop(socket.AF_INET6, packed[:6] + bytes(10)) + "/48"


def _canonical(value: object) -> str | None:
    prefix = text(value)
    if prefix is None:
        return None
    start, length = packed_prefix(prefix)
    packed = start.to_bytes(_BYTES)
    if length >= 96 and packed.startswith(_MAPPED):
        return f"{socket.inet_ntop(socket.AF_INET, packed[12:])}/{length - 96}"
    return f"{socket.inet_ntop(socket.AF_INET6, packed)}/{length}"


def _asn(value: object) -> int | None:
    name = text(value)
    if name is None:
        return None
    digits = name[2:] if name[:2].upper() == "AS" else name
    if not re.fullmatch(r"[0-9]{1,20}", digits) or int(digits) > _LARGEST_ASN:
        raise FieldError(f"is no autonomous system number: {name[:20]!r}")
    return int(digits)


def _kind(value: object) -> str | None:
    name = text(value)
    return name and name.lower()


def _vector(values: Iterable[bytes] | Iterator[bytes]) -> npt.NDArray[np.bytes_]:
    """Return 16-byte values as a vector. NumPy takes trailing zeros for padding, which keeps their order."""
    return np.frombuffer(b"".join(values), dtype=f"S{_BYTES}")


_LAYOUT = Layout(
    what="list of networks",
    schema=SCHEMA,
    converts={"prefix": _canonical, "asn": _asn, "network": text, "kind": _kind},
    required=("prefix",),
    inside="networks",
)
