"""What one takes along: a case as a page that needs nothing else, as JSON, its accounts as tables.

Everything is sent as a file to keep. Nothing of it is opened on this host, so that its scripts run nowhere
near a session. A cell of CSV that a spreadsheet would take for a formula is kept from being one.
"""

import csv
import io

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct
from starlette.responses import Response

from excise import __version__
from excise.casework.case import Case, Event, Happening
from excise.casework.decision import Decision, DecisionFilter
from excise.casework.standing import Standing
from excise.console.investigation import portrait_of
from excise.console.visit import Visit
from excise.detection.campaign import Campaign
from excise.errors import BadSetting
from excise.report.findings import Bins, Findings, Totals
from excise.report.page import render

_FORMULA = "=+-@\t\r"
_COLUMNS = (
    "account",
    "actor",
    "bits",
    "rank",
    "campaign",
    "exchanges",
    "tokens_out",
    "verified",
    "programme",
)


class CaseFile(Struct, frozen=True, kw_only=True):
    """All that is known of a case, without words of exchanges."""

    kind: str = "excise-case-1"
    version: str = __version__
    exported_at_s: float
    exported_by: str
    case: Case
    campaign: Campaign | None
    decisions: tuple[Decision, ...]
    events: tuple[Event, ...]


def kept_file(data: bytes, kind: str, name: str) -> Response:
    """Return a file that a browser keeps and does not show. ``name`` holds no quote and no line's end."""
    return Response(data, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


def export(visit: Visit) -> Response:
    """Send a case as the file that was asked for, and write into the ledger that it was taken along."""
    its, name = visit.desk.state.cases.get(visit.path["case"]), visit.path["file"]
    makers = {
        "export.json": (_json, "application/json"),
        "export.html": (_html, "text/html"),
        "accounts.csv": (_csv, "text/csv"),
        "accounts.parquet": (_parquet, "application/vnd.apache.parquet"),
    }
    if name not in makers:
        raise BadSetting(f"a case is not exported as {name!r}; there are: {', '.join(makers)}")
    make, kind = makers[name]
    data = make(visit, its)
    visit.desk.state.ledger.note(
        "exported",
        f"{name} of {its.id} was taken along",
        case=its.id,
        by=visit.person.name,
        now_s=visit.now_s,
    )
    return kept_file(data, kind, f"{its.id}-{name}")


def _json(visit: Visit, its: Case) -> bytes:
    portrait = portrait_of(visit, its)
    file = CaseFile(
        exported_at_s=visit.now_s,
        exported_by=visit.person.name,
        case=its,
        campaign=portrait.campaign if portrait else None,
        decisions=visit.desk.state.decisions.list(DecisionFilter(case=its.id), most=1_000).decisions,
        events=tuple(
            event for event in visit.desk.state.cases.events(its.id) if event.happening in set(Happening)
        ),
    )
    return msgspec.json.format(msgspec.json.encode(file), indent=1) + b"\n"


def _html(visit: Visit, its: Case) -> bytes:
    portrait = portrait_of(visit, its)
    campaigns = (portrait.campaign,) if portrait else ()
    found = Findings(
        title=its.title,
        generated_at_s=visit.now_s,
        started_at_s=portrait.campaign.started_at_s if portrait else its.opened_at_s,
        ended_at_s=portrait.campaign.ended_at_s if portrait else its.changed_at_s,
        totals=Totals(exchanges=its.exchanges, accounts=its.size, actors=1),
        campaigns=campaigns,
        accounts=portrait.accounts if portrait else (),
        bins=portrait.bins if portrait else Bins(),
        events=portrait.events if portrait else (),
        version=__version__,
    )
    return render(found).encode()


def _standings(visit: Visit, its: Case) -> list[tuple[object, ...]]:
    found = {account: visit.desk.state.standings.get(account) for account in its.accounts}
    return [_row(account, standing) for account, standing in found.items()]


def _row(account: str, standing: Standing | None) -> tuple[object, ...]:
    if standing is None:
        return (account, *(None for _ in _COLUMNS[1:]))
    return tuple(getattr(standing, name) for name in _COLUMNS)


def _csv(visit: Visit, its: Case) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    writer.writerows([_harmless(cell) for cell in row] for row in _standings(visit, its))
    return out.getvalue().encode("utf-8", "backslashreplace")


def _harmless(cell: object) -> object:
    """Return a cell that no spreadsheet runs.

    >>> _harmless("=1+1"), _harmless(-1.5), _harmless(None)
    ("'=1+1", -1.5, '')
    """
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(tuple(_FORMULA)) else cell


def _parquet(visit: Visit, its: Case) -> bytes:
    schema = pa.schema(
        [
            ("account", pa.string()),
            ("actor", pa.string()),
            ("bits", pa.float64()),
            ("rank", pa.float64()),
            ("campaign", pa.string()),
            ("exchanges", pa.int64()),
            ("tokens_out", pa.int64()),
            ("verified", pa.bool_()),
            ("programme", pa.string()),
        ]
    )
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in _standings(visit, its)]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), out)
    return out.getvalue()
