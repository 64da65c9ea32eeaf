"""Original words, behind a reason: an exhibit is opened for one page, and the ledger says so first."""

from pathlib import Path

from msgspec import Struct
from starlette.responses import Response

from excise.casework.case import Happening
from excise.casework.exhibit import Original, reveal
from excise.casework.sealing import Opener
from excise.console.visit import Visit, rendered
from excise.errors import BadSetting

_MOST_SHOWN = 200
_MOST_BYTES = 20_000


class Shown(Struct, frozen=True, kw_only=True):
    """One original as the page shows it: never as markup, and cut where it is long."""

    account: str
    place: str
    line: int
    text: str
    cut: bool


def exhibits_of(visit: Visit, case: str) -> tuple[str, ...]:
    """Return the exhibits of a case that lie in the data folder, the latest first."""
    made = [
        event.about
        for event in visit.desk.state.cases.events(case)
        if event.happening is Happening.PRESERVED and event.about
    ]
    return tuple(name for name in reversed(made) if _path(visit, name).is_file())


def reveal_exhibit(visit: Visit) -> Response:
    """Open an exhibit of a case with the passphrase of the seal and a reason; show what is in it once."""
    case, name = visit.path["case"], visit.asked("exhibit", 60)
    if name not in exhibits_of(visit, case):
        raise BadSetting(
            f"{case} has no exhibit {name!r}; preserve one with: excise case preserve {case} LOG"
        )
    opener = Opener.read(visit.desk.data / "seal.pem", visit.asked("passphrase", 1_000))
    label, originals = reveal(
        visit.desk.state,
        _path(visit, name),
        opener,
        reason=visit.asked("because"),
        by=visit.person.name,
        now_s=visit.now_s,
    )
    account = visit.asked("account", 500)
    shown: list[Shown] = []
    count = 0
    for original in originals:
        if account and original.account != account:
            continue
        count += 1
        if len(shown) < _MOST_SHOWN:
            shown.append(_shown(original))
    return rendered(
        visit,
        "exhibit.html.j2",
        {"case": case, "label": label, "shown": shown, "count": count, "account": account},
        place="/",
    )


def _shown(original: Original) -> Shown:
    return Shown(
        account=original.account,
        place=original.place,
        line=original.line,
        text=original.raw[:_MOST_BYTES].decode("utf-8", "replace"),
        cut=len(original.raw) > _MOST_BYTES,
    )


def _path(visit: Visit, name: str) -> Path:
    # A name is only ever one that the ledger holds.
    return visit.desk.data / "exhibits" / f"{name}.sealed"
