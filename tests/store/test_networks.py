"""The longest prefix wins, in IPv4 and IPv6."""

import ipaddress
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from excise.store import networks
from excise.store.networks import ADDRESSES, SCHEMA, Networks, packed_address, packed_prefix
from excise.store.rows import FieldError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Few distinct bits, so that prefixes nest and addresses fall into them.
V4 = st.builds(lambda a, b: ipaddress.IPv4Address(a << 30 | b), st.integers(0, 3), st.integers(0, 3))
V6 = st.builds(lambda a, b: ipaddress.IPv6Address(a << 126 | b), st.integers(0, 3), st.integers(0, 3))
EDGES = st.sampled_from(
    [ipaddress.ip_address(text) for text in ("255.255.255.255", "::", "ff" * 2 + ":" * 2, "0.0.0.0")]
)
ADDRESS = st.one_of(V4, V6, EDGES)


def network_of(address: Address, length: int) -> Network:
    return ipaddress.ip_network((address, length % (address.max_prefixlen + 1)), strict=False)


NETWORK = st.builds(network_of, ADDRESS, st.integers(0, 128))


def table_of(prefixes: list[str]) -> pa.Table:
    return pa.Table.from_pylist([{"prefix": p, "asn": n} for n, p in enumerate(prefixes)], schema=SCHEMA)


@settings(deadline=None)
@given(st.lists(NETWORK, unique=True, max_size=12), st.lists(ADDRESS, max_size=12))
@example([ipaddress.ip_network("::/0"), ipaddress.ip_network("0.0.0.0/0")], [ipaddress.ip_address("1.2.3.4")])
@example([ipaddress.ip_network("ffff::/16")], [ipaddress.ip_address("ffff:" * 7 + "ffff")])
def test_it_is_the_longest_match(known: list[Network], addresses: list[Address]) -> None:
    found = Networks(table_of([str(n) for n in known])).resolve(
        pa.array([str(a) for a in addresses], pa.string())
    )
    assert found.schema == ADDRESSES
    assert found.column("address").to_pylist() == sorted({str(a) for a in addresses})
    asn = dict(zip(found.column("address").to_pylist(), found.column("asn").to_pylist(), strict=True))
    for address in addresses:
        # An IPv4 address is the IPv6 address that maps it, so it also lies in IPv6 blocks around that.
        mapped = address if address.version == 6 else ipaddress.IPv6Address(0xFFFF << 32 | int(address))
        around = [(length_of(n), at) for at, n in enumerate(known) if mapped in as_v6(n)]
        assert asn[str(address)] == (max(around)[1] if around else None)


def as_v6(network: Network) -> ipaddress.IPv6Network:
    if network.version == 6:
        return network
    return ipaddress.IPv6Network((0xFFFF << 32 | int(network.network_address), 96 + network.prefixlen))


def length_of(network: Network) -> int:
    return as_v6(network).prefixlen


def test_nothing_known_and_nothing_asked() -> None:
    nothing = Networks(SCHEMA.empty_table())
    assert nothing.resolve(pa.array([], pa.string())).num_rows == 0
    (row,) = nothing.resolve(pa.chunked_array([["10.1.2.3", None], ["10.1.2.3"]])).to_pylist()
    assert row == {"address": "10.1.2.3", "block": "10.1.2.0/24", "asn": None, "network": None, "kind": None}


@pytest.mark.parametrize(
    ("address", "bare"),
    [
        ("10.0.0.1", "10.0.0.1"),
        (" 10.0.0.1 ", "10.0.0.1"),
        ("10.0.0.1:8080", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_spellings_of_an_address(address: str, bare: str) -> None:
    number = int(ipaddress.ip_address(bare))
    number |= 0 if ":" in bare else 0xFFFF << 32
    assert packed_address(address) == number.to_bytes(16)


@pytest.mark.parametrize(
    "address",
    ["", "unknown", "10.0.0", "10.0.0.256", "1.2.3.4.5", "::g", "[", "10.0.0.1\0", "é", "\ud800", "a" * 9999],
)
def test_what_is_no_address(address: str) -> None:
    assert packed_address(address) is None
    if address.isascii():
        (row,) = Networks(table_of(["0.0.0.0/0", "::/0"])).resolve(pa.array([address])).to_pylist()
        assert (row["block"], row["asn"]) == (None, None)


@pytest.mark.parametrize(
    "prefix", ["10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/²", "net/8", "/8", "10.0.0.0/1/2"]
)
def test_what_is_no_prefix(prefix: str) -> None:
    with pytest.raises(FieldError, match="no address block"):
        packed_prefix(prefix)


def test_a_list_of_networks(tmp_path: Path) -> None:
    path = tmp_path / "asn.csv"
    path.write_text(
        "prefix,asn,network,kind,country\n198.18.0.9/24,65241,isp-0,Residential,XX\n198.18.0.0/24,AS65242,isp-1,,XX\n"
        "2001:DB8::/32,,six,hosting,XX\n10.0.0.1,1,one,,XX\nnonsense,1,x,,XX\n10.1.0.0/16,ASX,x,,XX\n"
    )
    reading = networks.read([path])
    assert reading.table.to_pylist() == [
        {"prefix": "198.18.0.0/24", "asn": 65242, "network": "isp-1", "kind": None},
        {"prefix": "2001:db8::/32", "asn": None, "network": "six", "kind": "hosting"},
        {"prefix": "10.0.0.1/32", "asn": 1, "network": "one", "kind": None},
    ]
    assert reading.repeated == ("198.18.0.0/24",)
    assert reading.ignored == ("country",)
    assert [(bad.line, bad.field) for bad in reading.bad] == [(6, "prefix"), (7, "asn")]


def test_few_distinct_addresses_of_many_observations_cost_little() -> None:
    rng = np.random.default_rng(0)
    distinct = [str(ipaddress.IPv4Address(int(n))) for n in rng.integers(0, 2**32, 500)]
    addresses = pa.array(distinct).take(pa.array(rng.integers(0, 500, 2_000_000)))
    known = table_of([f"{n}.0.0.0/8" for n in range(256)])
    started = time.perf_counter()
    found = Networks(known).resolve(addresses)
    took_s = time.perf_counter() - started
    assert [row["asn"] for row in found.to_pylist()] == [
        int(row["address"].split(".")[0]) for row in found.to_pylist()
    ]
    assert took_s < 2  # it takes 0.03 s; resolving each of them would take ten


def test_numbers_of_any_length_are_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "asn.csv"
    long = "0" * 11 + "9" * 20
    rows = [
        "198.18.0.0/24,65242",
        f"10.0.0.0/8,AS{long}",
        f"10.0.0.0/8,{'9' * 5000}",
        f"10.0.0.0/{'1' * 5000},1",
    ]
    path.write_text("prefix,asn\n" + "".join(f"{row}\n" for row in rows))
    reading = networks.read([path])
    assert reading.table["asn"].to_pylist() == [65242]
    assert [(bad.line, bad.field) for bad in reading.bad] == [(3, "asn"), (4, "asn"), (5, "prefix")]
