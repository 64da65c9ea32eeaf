"""What can be relied on: the ledger, findings about suspect models, programmes."""

import re
from pathlib import Path

import msgspec
from msgspec import Struct
from starlette.responses import Response

from excise.console.exports import kept_file
from excise.console.visit import Visit, gone_to, linked, rendered
from excise.errors import BadSetting
from excise.lineage.finding import FILE, Finding
from excise.lineage.verifying import Checked, verify

_ROWS = 100
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}")


class Shelf(Struct, frozen=True, kw_only=True):
    """A finding of the data folder; ``wrong`` says why it cannot be read, "" where it can."""

    folder: str
    finding: Finding | None
    wrong: str = ""


def ledger(visit: Visit) -> Response:
    """Show who did, saw and changed what, the latest first."""
    state = visit.desk.state
    case, by = visit.asked("case", 60) or None, visit.asked("by", 200) or None
    page = state.ledger.list(case=case, by=by, before=_whole(visit.number("before")), most=_ROWS)
    return rendered(
        visit,
        "ledger.html.j2",
        {
            "entries": page.entries,
            "case": case or "",
            "by": by or "",
            "next": page.before and linked("/ledger", case=case, by=by, before=page.before),
            "verified": None,
        },
        place="/ledger",
    )


def verify_ledger(visit: Visit) -> Response:
    """Check every entry of the ledger against the one before it and against the signed checkpoints."""
    folder = visit.desk.folder
    verified = visit.desk.state.ledger.verify(
        outside=_there(folder.ledger), checkpoints=_there(folder.checkpoints)
    )
    return rendered(
        visit,
        "ledger.html.j2",
        {"entries": (), "case": "", "by": "", "next": None, "verified": verified},
        place="/ledger",
    )


def lineage(visit: Visit) -> Response:
    """List the findings of the data folder: evidence about suspect models, and what it does not prove."""
    folder = visit.desk.data / "lineage"
    found = (
        tuple(_shelf(path) for path in sorted(folder.iterdir()) if path.is_dir()) if folder.is_dir() else ()
    )
    return rendered(
        visit, "lineage.html.j2", {"shelves": found, "folder": str(folder), "checks": {}}, place="/lineage"
    )


def verify_finding(visit: Visit) -> Response:
    """Check every byte of a finding against its signature."""
    path = _finding_folder(visit)
    checks: dict[str, tuple[Checked, ...]] = {path.name: verify(path)}
    return rendered(
        visit,
        "lineage.html.j2",
        {"shelves": (_shelf(path),), "folder": str(path.parent), "checks": checks},
        place="/lineage",
    )


def finding_page(visit: Visit) -> Response:
    """Send the page for counsel of a finding to be kept: it has scripts of its own, which do not run here."""
    path = _finding_folder(visit)
    return kept_file((path / "finding.html").read_bytes(), "text/html", f"{path.name}.html")


def _finding_folder(visit: Visit) -> Path:
    name = visit.path["finding"]
    path = visit.desk.data / "lineage" / name
    if not _FOLDER.fullmatch(name) or not (path / FILE).is_file():
        raise BadSetting(f"there is no finding {name!r} in the data folder")
    return path


def _shelf(path: Path) -> Shelf:
    try:
        finding = msgspec.json.decode((path / FILE).read_bytes(), type=Finding)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        return Shelf(folder=path.name, finding=None, wrong=str(error))
    return Shelf(folder=path.name, finding=finding)


def programmes(visit: Visit) -> Response:
    """List the contracts that allow harvesting, what they allow, and how much of it is used."""
    state = visit.desk.state
    rows = tuple((its, state.programmes.used(its.name)) for its in state.programmes.list())
    return rendered(visit, "programmes.html.j2", {"rows": rows}, place="/programmes")


def end_programme(visit: Visit) -> Response:
    """End a programme before its time; its accounts are judged as all others are."""
    name = visit.asked("name", 200)
    visit.desk.state.programmes.end(
        name, because=visit.asked("because"), by=visit.person.name, now_s=visit.now_s
    )
    return gone_to("/programmes", f"{name} has ended.")


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _there(path: Path) -> Path | None:
    return path if path.exists() else None
