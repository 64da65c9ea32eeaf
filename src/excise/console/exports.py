"""What one takes along: a case as a page that needs nothing else, as JSON, its accounts as tables.

Everything is sent as a file to keep. Nothing of it is opened on this host, so that its scripts run nowhere
near a session. A cell of CSV that a spreadsheet would take for a formula is kept from being one.
"""

import csv
import io

import pyarrow as pa
import pyarrow.parquet as pq
from starlette.responses import Response

from excise import __version__
from excise.casework.case import Case
from excise.casework.decision import DecisionFilter
from excise.casework.export import written
from excise.casework.standing import Standing
from excise.console.investigation import portrait_of
from excise.console.moments import moments
from excise.console.visit import Visit
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
    return written(visit.desk.state, its.id, by=visit.person.name, now_s=visit.now_s) + b"\n"


def _html(visit: Visit, its: Case) -> bytes:
    portrait = portrait_of(visit, its)
    campaigns = (portrait.campaign,) if portrait else ()
    state = visit.desk.state
    decisions = state.decisions.list(DecisionFilter(case=its.id), most=100).decisions
    marked = moments(portrait, decisions, state.cases.events(its.id)) if portrait else ()
    found = Findings(
        title=its.title,
        generated_at_s=visit.now_s,
        started_at_s=portrait.campaign.started_at_s if portrait else its.opened_at_s,
        ended_at_s=portrait.campaign.ended_at_s if portrait else its.changed_at_s,
        totals=Totals(exchanges=its.exchanges, accounts=its.size, actors=1),
        campaigns=campaigns,
        accounts=portrait.accounts if portrait else (),
        bins=portrait.bins if portrait else Bins(),
        events=(*portrait.events, *marked) if portrait else (),
        version=__version__,
    )
    return render(found).encode()


def _standings(visit: Visit, its: Case) -> list[tuple[object, ...]]:
    asked = visit.desk.state.standings
    found = {one.account: one for one in asked.of_actor(its.actor)} if its.actor else {}
    # Who a person has put in is of another actor.
    return [_row(account, found.get(account) or asked.get(account)) for account in its.accounts]


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
