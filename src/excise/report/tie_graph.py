"""The graph of a campaign's ties, small enough to look at, and where each account stands in the picture."""

import heapq
from collections.abc import Sequence

import igraph
import numpy as np
import numpy.typing as npt
from msgspec import Struct

from excise.linking.actor import Link

MOST_ACCOUNTS = 300
MOST_LINKS = 600


class TieGraph(Struct, frozen=True, kw_only=True):
    """What is drawn of the ties: accounts with their places (arbitrary units, y up), and links between them.

    ``all_accounts`` and ``all_links`` say how many there were before the weaker were left out.
    """

    accounts: tuple[str, ...]
    places: npt.NDArray[np.float64]
    links: tuple[Link, ...]
    all_accounts: int
    all_links: int


def tie_graph(
    links: Sequence[Link], seed: int, most_accounts: int = MOST_ACCOUNTS, most_links: int = MOST_LINKS
) -> TieGraph:
    """Choose what to draw and lay it out; the same for the same links and seed.

    Beyond ``most_accounts`` accounts, the picture grows from the one with the most weight in its links along
    the strongest links. Of the links among them, a spanning forest of the strongest comes first, so that
    nothing falls apart in the picture that hangs together in truth; then the strongest of the rest, up to
    ``most_links``.
    """
    ordered = sorted(
        (link for link in links if link.one != link.other),
        key=lambda link: (-link.weight, link.one, link.other),
    )
    near: dict[str, list[tuple[float, str]]] = {}
    for link in ordered:
        near.setdefault(link.one, []).append((-link.weight, link.other))
        near.setdefault(link.other, []).append((-link.weight, link.one))
    accounts = _grow(near, most_accounts)
    place = {account: at for at, account in enumerate(accounts)}
    among = [link for link in ordered if link.one in place and link.other in place]
    forest, rest = _forest(among, place)
    kept = [*forest, *rest[: max(0, most_links - len(forest))]]
    return TieGraph(
        accounts=tuple(accounts),
        places=_lay_out(len(accounts), [(place[link.one], place[link.other]) for link in kept], seed),
        links=tuple(kept),
        all_accounts=len(near),
        all_links=len(ordered),
    )


def _grow(near: dict[str, list[tuple[float, str]]], most: int) -> list[str]:
    """Take accounts one after another, each by the strongest link to those taken (Prim 1957).

    ``near`` holds for each account its links as (minus weight, other account). Where all that hangs together
    is taken, the next start is the account with the most weight in its links.
    """
    starts = sorted(near, key=lambda account: (sum(weight for weight, _ in near[account]), account))
    if len(starts) <= most:
        return starts
    taken: dict[str, None] = {}
    for start in starts:
        front = [(0.0, start)]
        while front and len(taken) < most:
            _, account = heapq.heappop(front)
            if account not in taken:
                taken[account] = None
                for edge in near[account]:
                    heapq.heappush(front, edge)
    return list(taken)


def _forest(links: list[Link], place: dict[str, int]) -> tuple[list[Link], list[Link]]:
    """Part the links, strongest first, into a spanning forest (Kruskal) and the rest."""
    root = list(range(len(place)))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    forest: list[Link] = []
    rest: list[Link] = []
    for link in links:
        one, other = find(place[link.one]), find(place[link.other])
        (rest if one == other else forest).append(link)
        root[one] = other
    return forest, rest


def _lay_out(nodes: int, edges: list[tuple[int, int]], seed: int) -> npt.NDArray[np.float64]:
    """Place each connected part by itself (Kamada and Kawai 1989), then the parts side by side.

    Of igraph's layouts this one draws no random numbers beyond its start, so the seed settles it.
    """
    places = np.zeros((nodes, 2))
    random = np.random.default_rng(seed)
    graph = igraph.Graph(n=nodes, edges=edges)
    left = floor = shelf = 0.0
    parts = sorted(graph.connected_components(), key=lambda part: (-len(part), part))
    row = 0.0
    for part in parts:
        start = random.normal(size=(len(part), 2))
        within = graph.induced_subgraph(part).layout_kamada_kawai(seed=start.tolist())
        spots = np.asarray(within.coords, dtype=np.float64)
        spots -= spots.min(axis=0)
        side = 2.0 * np.sqrt(len(part))
        spots *= side / max(float(spots.max()), 1e-9) if len(part) > 1 else 0.0
        row = row or max(side, np.sqrt(sum(4.0 * len(p) for p in parts)) * 1.2)
        if left and left + side > row:  # the shelf is full: start one below
            left, floor, shelf = 0.0, floor - shelf - 1.5, 0.0
        height = float(spots[:, 1].max())
        places[part] = spots + np.array([left, floor - height])
        left += side + 1.5
        shelf = max(shelf, height)
    return np.round(places, 3)
