"""Keys: what a subject is called in the table, so that one subject has one name and no two share one.

An address is masked to its prefix and written in binary: ``2001:DB8::1`` and ``2001:db8:0::1`` are one
subject, and an IPv4 address inside IPv6 (``::ffff:192.0.2.1``) is the IPv4 address.
"""

import ipaddress
import socket
from collections.abc import Iterable, Iterator

from excise.casework.decision import Scope

_MARK = {Scope.ACCOUNT: b"a", Scope.ACTOR: b"c", Scope.END_USER: b"e", Scope.ADDRESS: b"i"}
_SCOPE = {mark: scope for scope, mark in _MARK.items()}
_ODD = b"x"
"""An address that is none: it is kept, and no caller ever comes from it."""

_PLAIN = b"p"
_ADDRESS = _MARK[Scope.ADDRESS] + _PLAIN
_KEY_BYTES = (1 + 1 + 4 + 1, 1 + 1 + 16 + 1)
_MAPPED = bytes(10) + b"\xff\xff"


def key_of(scope: Scope, subject: str) -> bytes:
    """Return the key of a subject.

    >>> key_of(Scope.ADDRESS, "192.0.2.77/24") == key_of(Scope.ADDRESS, "192.0.2.0/24")
    True
    >>> key_of(Scope.ACCOUNT, "192.0.2.1") == key_of(Scope.ADDRESS, "192.0.2.1")
    False
    """
    if scope is Scope.ADDRESS:
        return _MARK[scope] + _network(subject)
    return _MARK[scope] + subject.encode("utf-8", "surrogatepass")


def subject_of(key: bytes) -> tuple[Scope, str]:
    """Return the subject that a key names; an address in its usual spelling.

    >>> subject_of(key_of(Scope.ADDRESS, "2001:DB8:0::1"))
    (<Scope.ADDRESS: 'address'>, '2001:db8::1')
    """
    scope, rest = _SCOPE[key[:1]], key[1:]
    if scope is not Scope.ADDRESS:
        return scope, rest.decode("utf-8", "surrogatepass")
    if rest[:1] == _ODD:
        return scope, rest[1:].decode("utf-8", "surrogatepass")
    packed, width = rest[1:-1], rest[-1]
    address = ipaddress.ip_address(packed)
    return scope, str(address) if width == 8 * len(packed) else f"{address}/{width}"


def width_of(key: bytes) -> tuple[int, int] | None:
    """Return the bytes of an address and the bits of its prefix, where a key is that of an address.

    >>> width_of(key_of(Scope.ADDRESS, "198.51.100.0/22")), width_of(key_of(Scope.ACCOUNT, "ann"))
    ((4, 22), None)
    """
    if key[:1] != _MARK[Scope.ADDRESS] or key[1:2] == _ODD or len(key) not in _KEY_BYTES:
        return None
    return len(key) - 3, key[-1]


def keys_of_address(address: str, widths: Iterable[tuple[int, int]]) -> Iterator[bytes]:
    """Yield the keys under which an address may be decided about, for the prefixes that are in use.

    >>> keys = list(keys_of_address("198.51.103.9", [(4, 22), (16, 64)]))
    >>> keys == [key_of(Scope.ADDRESS, "198.51.100.0/22")]
    True
    """
    packed = _packed(address)
    if packed is None:
        return
    size = len(packed)
    number = int.from_bytes(packed)
    for of_size, width in widths:
        if of_size == size:
            free = 8 * size - width
            yield _ADDRESS + (number >> free << free).to_bytes(size) + bytes((width,))


def _packed(address: str) -> bytes | None:
    try:
        if ":" in address:
            packed = socket.inet_pton(socket.AF_INET6, address.partition("%")[0])
            return packed[12:] if packed.startswith(_MAPPED) else packed
        return socket.inet_pton(socket.AF_INET, address)
    except (OSError, ValueError, UnicodeEncodeError):
        return None


def _network(subject: str) -> bytes:
    try:
        network = ipaddress.ip_network(subject, strict=False)
    except ValueError:
        return _ODD + subject.encode("utf-8", "surrogatepass")
    packed, width = network.network_address.packed, network.prefixlen
    if packed.startswith(_MAPPED) and len(packed) == 16 and width >= 96:
        packed, width = packed[12:], width - 96
    return _PLAIN + packed + bytes((width,))
