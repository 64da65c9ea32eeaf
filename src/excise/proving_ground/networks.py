"""Networks of a world: who owns which block of addresses, and how an account moves over them."""

from typing import NamedTuple

from excise.proving_ground.dice import Dice

KINDS = ("residential", "mobile", "hosting", "vpn", "education", "corporate")
"""Kinds of network.

In ``asn.csv`` mobile counts as residential and a VPN as hosting, as public lists have it.
"""


class Network(NamedTuple):
    """One network and its blocks.

    A block of ``203.0.113`` stands for 203.0.113.0/24, ``2001:db8:7`` for a /48.
    """

    name: str
    asn: int
    kind: str
    blocks: tuple[str, ...]

    def address(self, dice: Dice) -> str:
        """Draw an address of it."""
        block = dice.pick(self.blocks)
        if ":" in block:
            return f"{block}:{dice.below(65536):x}::{dice.below(65536):x}:{dice.below(65535) + 1:x}"
        return f"{block}.{dice.between(1, 254)}"


class Places(NamedTuple):
    """The addresses that an account sends from.

    ``stay_s``: how long it keeps one (0: another for each request).

    ``home`` is the share of time at the first of them; the rest is spread evenly.
    """

    addresses: tuple[str, ...]
    stay_s: float = 21600.0
    home: float = 0.0

    def at(self, at_s: float, dice: Dice, key: int) -> str:
        """Return the address at that time."""
        if len(self.addresses) == 1:
            return self.addresses[0]
        if self.stay_s > 0:
            dice = Dice(key ^ (int(at_s / self.stay_s) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF))
        if self.home and dice.chance(self.home):
            return self.addresses[0]
        return dice.pick(self.addresses)


class Networks:
    """All networks of a world. Blocks come from ranges set apart for tests and private use."""

    def __init__(self, dice: Dice, accounts: int, six: float) -> None:
        """Lay out networks for about that many accounts.

        ``six`` is the share of home networks that speak IPv6.
        """
        self._dice = dice.fork("networks")
        self._free = iter(_blocks(self._dice))
        self._next_six = 0
        blocks = max(1, accounts // 1500)
        make = self._make
        self.homes = [
            make(f"isp-{n}", "residential", self._dice.between(1, 3) * blocks, six=self._dice.chance(six))
            for n in range(self._dice.between(18, 60))
        ]
        self.mobiles = [make(f"mobile-{n}", "mobile", blocks) for n in range(self._dice.between(4, 12))]
        self.clouds = [
            make(f"cloud-{n}", "hosting", self._dice.between(1, 4) * blocks)
            for n in range(self._dice.between(8, 30))
        ]
        self.vpns = [make(f"transit-{n}", "vpn", 1) for n in range(self._dice.between(2, 8))]
        self.campuses = [make(f"campus-{n}", "education", 1) for n in range(max(2, accounts // 400))]
        self.offices: list[Network] = []
        # Many customers of one carrier or one VPN come out at the same few addresses.
        self._exits = {
            n.name: [n.address(self._dice) for _ in range(self._dice.between(3, 10) * blocks)]
            for n in (*self.mobiles, *self.vpns)
        }
        self._egress = {
            n.name: [n.address(self._dice) for _ in range(self._dice.between(4, 16))] for n in self.clouds
        }

    def office(self, name: str) -> Network:
        """Lay out the own block of a firm."""
        network = self._make(name, "corporate", 1)
        self.offices.append(network)
        return network

    def exit(self, network: Network, dice: Dice) -> str:
        """Draw an address that many unrelated customers of that carrier or VPN share."""
        return dice.pick(self._exits[network.name])

    def egress(self, network: Network, dice: Dice) -> str:
        """Draw an address at which unrelated tenants of that cloud come out (serverless functions do)."""
        return dice.pick(self._egress[network.name])

    def rows(self) -> list[tuple[str, int, str, str]]:
        """List (prefix, number, name, kind) of all blocks in the order of the prefixes."""
        shown = {"mobile": "residential", "vpn": "hosting"}
        everything = (*self.homes, *self.mobiles, *self.clouds, *self.vpns, *self.campuses, *self.offices)
        return sorted(
            (f"{b}::/48" if ":" in b else f"{b}.0/24", n.asn, n.name, shown.get(n.kind, n.kind))
            for n in everything
            for b in n.blocks
        )

    def _make(self, name: str, kind: str, blocks: int, *, six: bool = False) -> Network:
        if six:
            first, self._next_six = self._next_six, self._next_six + blocks
            made = tuple(f"2001:db8:{first + n:x}" for n in range(blocks))
        else:
            made = tuple(next(self._free) for _ in range(blocks))
        return Network(name, self._dice.between(64512, 65534), kind, made)


def _blocks(dice: Dice) -> list[str]:
    """All /24 of 198.18/15 (benchmarking, RFC 2544), then of 100.64/10 (RFC 6598), each in random order."""
    first = [f"198.{a}.{b}" for a in (18, 19) for b in range(256)]
    second = [f"100.{a}.{b}" for a in range(64, 128) for b in range(256)]
    return dice.some(first, len(first)) + dice.some(second, len(second))
