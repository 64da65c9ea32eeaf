import ipaddress

from hypothesis import given, settings
from hypothesis import strategies as st

from excise.casework.decision import Scope
from excise.enforcement.keys import key_of, keys_of_address, subject_of, width_of

addresses = st.one_of(
    st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address),
    st.integers(0, 2**128 - 1).map(ipaddress.IPv6Address),
)
names = st.text(max_size=40)


@given(names, names)
@settings(deadline=None)
def test_two_subjects_never_share_a_key(one, other):
    keys = {key_of(scope, name) for scope in (Scope.ACCOUNT, Scope.END_USER) for name in {one, other}}
    assert len(keys) == 2 * len({one, other})


@given(names)
@settings(deadline=None)
def test_a_key_tells_its_subject_whatever_the_name(name):
    assert subject_of(key_of(Scope.ACCOUNT, name)) == (Scope.ACCOUNT, name)


@given(names)
@settings(deadline=None)
def test_what_is_no_address_is_kept_and_matches_nobody(name):
    key = key_of(Scope.ADDRESS, name)
    assert subject_of(key)[0] is Scope.ADDRESS
    if width_of(key) is None:
        assert subject_of(key)[1] == name


@given(addresses, st.data())
@settings(deadline=None)
def test_an_address_is_found_under_exactly_the_prefixes_that_hold_it(address, data):
    width = data.draw(st.integers(0, address.max_prefixlen))
    network = ipaddress.ip_network(f"{address}/{width}", strict=False)
    key = key_of(Scope.ADDRESS, str(network))
    size = len(network.network_address.packed)
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is None:
        assert width_of(key) == (size, width)
        assert key in list(keys_of_address(str(address), [(size, width)]))
    if width:
        last = network.network_address + (network.num_addresses if network.num_addresses < 2**32 else 1)
        if last not in network:
            assert key not in list(keys_of_address(str(last), [(size, width)]))


def test_an_ipv4_address_inside_ipv6_is_the_ipv4_address():
    key = key_of(Scope.ADDRESS, "192.0.2.1")
    assert key_of(Scope.ADDRESS, "::ffff:192.0.2.1") == key
    assert list(keys_of_address("::ffff:192.0.2.1", [(4, 32)])) == [key]
    assert list(keys_of_address("fe80::1%eth0", [(16, 128)])) == [key_of(Scope.ADDRESS, "fe80::1")]


def test_what_no_caller_can_come_from_has_no_keys():
    for nothing in ("", "unknown", "[present]", "1.2.3", "203.0.113.9:443", "\ud800", "1.2.3.4\0", "é"):
        assert list(keys_of_address(nothing, [(4, 32), (16, 128)])) == []
