"""What one takes along is whole, is kept and not shown, and is written into the ledger."""

import io
import json

import pyarrow.parquet as pq

from excise.casework.case import CaseFilter


def _case(served):
    return served.desk.state.cases.list(CaseFilter()).cases[0].id


def test_json_and_tables_hold_every_account(served):
    visitor, case = served.visitor("viewer"), _case(served)
    file = json.loads(visitor.get(f"/case/{case}/export.json").content)
    assert len(file["case"]["accounts"]) == 12
    assert file["campaign"]["bits"] == 11.0
    assert file["exported_by"] == "viewer"
    table = pq.read_table(io.BytesIO(visitor.get(f"/case/{case}/accounts.parquet").content))
    assert table["account"].to_pylist() == file["case"]["accounts"]
    rows = visitor.get(f"/case/{case}/accounts.csv").text.splitlines()
    assert len(rows) == 13


def test_the_page_needs_nothing_else(served):
    page = served.visitor("viewer").get(f"/case/{_case(served)}/export.html")
    assert page.headers["content-disposition"].startswith("attachment")
    assert "12 accounts act as one" in page.text
    assert "src=" not in page.text.partition("<body")[0]


def test_taking_along_is_written_down(served):
    case = _case(served)
    served.visitor("viewer").get(f"/case/{case}/export.json")
    entry = served.desk.state.ledger.list(case=case).entries[0]
    assert (entry.verb, entry.by) == ("exported", "viewer")


def test_another_name_is_no_export(served):
    assert served.visitor("viewer").get(f"/case/{_case(served)}/passwords").status_code == 400
