"""Why two accounts are linked, and why two are not: tie by tie, for and against, with what is missing."""

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from starlette.responses import Response

from excise.console.investigation import portrait_of
from excise.console.visit import Visit, rendered
from excise.errors import ExciseError
from excise.linking.actor import Link
from excise.linking.link import Settings
from excise.observation.secret import Keyring
from excise.service.loop.between import Between, between
from excise.store.portion import Portion
from excise.store.reading import StoreReader

_LINKS = 100
_NAMES = 500
_HOLDS_S = 300.0


def why(visit: Visit) -> Response:
    """Say why two accounts are held to have one owner, and what speaks against it, weight by weight.

    Without the second account: all links of the first. Of two that no link joins: what each tie says of them.
    """
    its = visit.desk.state.cases.get(visit.path["case"])
    found = portrait_of(visit, its)
    one, other = visit.asked("one", 5_000), visit.asked("other", 5_000)
    links: tuple[Link, ...] = found.campaign.links if found else ()
    if one:
        links = tuple(link for link in links if one in (link.one, link.other))
    if other:
        links = tuple(link for link in links if other in (link.one, link.other))
    kind = visit.asked("tie", 100)
    kinds = sorted({strand.tie for link in links for strand in link.strands})
    if kind:
        links = tuple(link for link in links if any(strand.tie == kind for strand in link.strands))
    ordered = sorted(links, key=lambda link: (-link.weight, link.one, link.other))
    asked, failed = None, ""
    if one and other and one != other:
        try:
            asked = _between(visit, one, other, tuple(its.accounts))
        except ExciseError as error:
            failed = str(error)
    return rendered(
        visit,
        "why.html.j2",
        {
            "case": its,
            "one": one,
            "other": other,
            "kind": kind,
            "kinds": kinds,
            "links": ordered[:_LINKS],
            "all_links": len(ordered),
            "among": its.accounts[:_NAMES],
            "between": asked,
            "failed": failed,
            "resolution": Settings().resolution,
        },
        place="/",
    )


def _between(visit: Visit, one: str, other: str, mates: tuple[str, ...]) -> Between:
    folder, moment = visit.desk.folder, visit.now_s // _HOLDS_S
    return _asked(_Question(folder.store, folder.secret, min(one, other), max(one, other), mates, moment))


class _Question(NamedTuple):
    """What is asked; the same again within some minutes has the same answer."""

    store: Path
    secret: Path
    one: str
    other: str
    mates: tuple[str, ...]
    moment: float


@lru_cache(maxsize=256)
def _asked(question: _Question) -> Between:
    with (
        tempfile.TemporaryDirectory(prefix="excise-between-") as spill,
        StoreReader.open(question.store, Keyring.open(question.secret, now_s=0.0)) as reader,
        Portion(Path(spill)) as portion,
    ):
        return between(reader, portion, question.one, question.other, mates=question.mates)
