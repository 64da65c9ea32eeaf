import numpy as np

from excise.linking.actor import Link
from excise.report.tie_graph import tie_graph


def link(one, other, weight):
    return Link(one=one, other=other, weight=weight)


def test_the_same_links_and_seed_give_the_same_picture(week):
    links = week.ranked()[0].links
    first, again, other = tie_graph(links, 3), tie_graph(tuple(reversed(links)), 3), tie_graph(links, 4)
    assert first.accounts == again.accounts
    assert first.links == again.links
    assert np.array_equal(first.places, again.places)
    assert not np.array_equal(first.places, other.places)


def test_beyond_the_most_the_picture_grows_along_the_strongest_links():
    chain = [link(f"a{at:03}", f"a{at + 1:03}", 50.0 - at) for at in range(40)]
    graph = tie_graph([*chain, link("far", "away", 60.0)], 1, most_accounts=6)
    assert set(graph.accounts) == {f"a{at:03}" for at in range(6)}
    assert (graph.all_accounts, graph.all_links) == (43, 41)


def test_what_hangs_together_is_drawn_together():
    clique = [link(f"c{a}", f"c{b}", 9.0) for a in range(20) for b in range(a)]
    graph = tie_graph([*clique, link("c0", "weak", 0.5)], 1, most_links=30)
    assert len(graph.links) == 30
    assert any("weak" in (drawn.one, drawn.other) for drawn in graph.links)
    assert graph.all_links == 191


def test_parts_do_not_lie_on_each_other():
    links = [link(f"{part}{a}", f"{part}{a + 1}", 5.0) for part in "abcdef" for a in range(5)]
    graph = tie_graph(links, 2)
    places = {account: graph.places[at] for at, account in enumerate(graph.accounts)}
    boxes = []
    for part in "abcdef":
        its = np.array([place for account, place in places.items() if account.startswith(part)])
        boxes.append((its.min(axis=0), its.max(axis=0)))
    for at, (low, high) in enumerate(boxes):
        for other_low, other_high in boxes[:at]:
            assert np.any(high < other_low) or np.any(other_high < low)


def test_links_to_oneself_and_nothing_at_all_do_no_harm():
    assert tie_graph([link("a", "a", 3.0)], 1).accounts == ()
    assert tie_graph([], 1).places.shape == (0, 2)


def test_thousands_of_accounts_are_bounded(crowd):
    graph = tie_graph(crowd.ranked()[0].links, 7)
    assert len(graph.accounts) == 300
    assert len(graph.links) <= 600
    assert np.isfinite(graph.places).all()
