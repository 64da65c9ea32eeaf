from ipaddress import ip_address, ip_network

from excise.proving_ground.dice import Dice
from excise.proving_ground.networks import KINDS, Networks, Places


def _networks(six=0.5):
    return Networks(Dice.of("net"), 3000, six)


def test_blocks_are_disjoint_and_reserved_for_tests_or_private_use():
    networks = _networks()
    networks.office("net-x")
    blocks = [ip_network(prefix) for prefix, *_ in networks.rows()]
    assert len(blocks) == len(set(blocks))
    allowed = [ip_network(n) for n in ("198.18.0.0/15", "100.64.0.0/10", "2001:db8::/32")]
    assert all(any(b.version == a.version and b.subnet_of(a) for a in allowed) for b in blocks)


def test_every_address_is_in_a_listed_block_of_its_network():
    networks = _networks()
    listed = [(ip_network(prefix), name) for prefix, _, name, _ in networks.rows()]
    dice = Dice(1)
    for network in (*networks.homes, *networks.mobiles, *networks.clouds, *networks.vpns):
        address = ip_address(network.address(dice))
        assert [name for block, name in listed if address in block] == [network.name]


def test_the_list_names_four_kinds_only():
    networks = _networks()
    networks.office("net-x")
    assert (
        {kind for *_, kind in networks.rows()}
        == {"residential", "hosting", "education", "corporate"}
        < set(KINDS)
    )


def test_strangers_share_exits():
    networks = _networks()
    carrier = networks.mobiles[0]
    drawn = {networks.exit(carrier, Dice(n)) for n in range(300)}
    assert len(drawn) < 60


def test_an_account_stays_for_a_while_and_is_mostly_at_home():
    places = Places(("home", "a", "b", "c"), stay_s=3600.0, home=0.7)
    assert len({places.at(1000.0 + s, Dice(s), 5) for s in range(100)}) == 1
    spots = [places.at(3600.0 * n, Dice(n), 5) for n in range(500)]
    assert 0.6 < spots.count("home") / 500 < 0.85
    assert set(spots) == {"home", "a", "b", "c"}


def test_without_a_stay_each_request_comes_from_elsewhere():
    places = Places(tuple("abcdef"), stay_s=0.0)
    assert len({places.at(0.0, Dice(n), 5) for n in range(100)}) == 6
