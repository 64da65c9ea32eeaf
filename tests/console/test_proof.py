"""What can be relied on: the ledger verifies, findings verify, programmes end."""

import sqlalchemy as sa

from excise.casework.state.tables import LEDGER


def test_the_ledger_verifies_until_somebody_changes_it(served):
    visitor = served.visitor("viewer")
    assert "All of it is as it was written" in served.post(visitor, "/ledger/verify").text
    database = served.desk.state.database
    with database.writing(by="thief", now_s=served.clock()) as writing:
        writing.run(sa.update(LEDGER).where(LEDGER.c.sequence == 3).values(text="nothing happened"))
    assert "Something is not as it was written" in served.post(visitor, "/ledger/verify").text


def test_entries_are_listed_by_case_and_by_whom(served):
    visitor = served.visitor("viewer")
    assert "person_added".replace("_", " ") in visitor.get("/ledger?by=test").text
    assert "No entry answers" in visitor.get("/ledger?by=nobody").text
    assert visitor.get("/ledger?before=nan").status_code == 200


def test_a_finding_that_was_changed_fails_and_one_that_cannot_be_read_says_so(served):
    folder = served.desk.data / "lineage" / "first"
    folder.mkdir(parents=True)
    (folder / "finding.json").write_text("{}")
    visitor = served.visitor("viewer")
    assert "It cannot be read" in visitor.get("/lineage").text
    assert "fails" in served.post(visitor, "/lineage/first/verify").text
    assert served.post(visitor, "/lineage/..%2f..%2fx/verify").status_code in {400, 404}


def test_a_programme_is_ended_with_a_reason(served):
    state, now_s = served.desk.state, served.clock()
    state.programmes.add(
        "research",
        contract="C-7",
        accounts=["acct_0300000"],
        starts_at_s=now_s - 10,
        until_s=now_s + 9_000,
        by="admin",
        now_s=now_s,
    )
    visitor = served.visitor("approver")
    assert "C-7" in visitor.get("/programmes").text
    served.post(visitor, "/programmes/end", name="research", because="it is over")
    assert state.programmes.covering("acct_0300000", now_s) is None
