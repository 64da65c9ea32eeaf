"""Deciding: whom it touches is shown first, one sending makes one, a second person agrees to many."""

from excise.casework.case import CaseFilter
from excise.casework.decision import Scope

ASKED = {"kind": "block", "hours": "24", "mode": "live", "reason": "they pull reasoning traces"}


def _small(served):
    return next(case for case in served.desk.state.cases.list(CaseFilter()).cases if case.size == 3).id


def test_looking_decides_nothing(served):
    visitor = served.visitor("analyst")
    before = len(served.desk.state.decisions.of_account("acct_0200000"))
    page = visitor.get(f"/case/{_small(served)}/decide", params=ASKED)
    assert "3 accounts of" in page.text
    assert "acct_0200000" in page.text
    assert len(served.desk.state.decisions.of_account("acct_0200000")) == before


def test_a_decision_sent_twice_is_made_once(served):
    visitor, case = served.visitor("approver"), _small(served)
    form = {**ASKED, "key": "the-same-form"}
    first = served.post(visitor, f"/case/{case}/decide", **form)
    second = served.post(visitor, f"/case/{case}/decide", **form)
    assert first.url.path == second.url.path


def test_a_reasoned_block_holds_and_its_undo_holds_nothing_any_more(served):
    visitor, state = served.visitor("analyst"), served.desk.state
    page = served.post(visitor, "/account/decide", **ASKED, account="honest_0003", key="one")
    decision = page.url.path.rsplit("/", 1)[1]
    if state.decisions.get(decision).status == "proposed":
        served.post(served.visitor("approver"), f"/decision/{decision}/approve")
    assert [one.kind for one in state.effects.current(Scope.ACCOUNT, "honest_0003")] == ["block"]
    assert served.post(visitor, f"/decision/{decision}/undo").status_code == 409, "an undo has a reason"
    served.post(visitor, f"/decision/{decision}/undo", because="a class after all")
    assert state.effects.current(Scope.ACCOUNT, "honest_0003") == ()


def test_nobody_agrees_to_their_own(served):
    visitor, state = served.visitor("approver"), served.desk.state
    large = next(case for case in state.cases.list(CaseFilter()).cases if case.size == 40).id
    page = served.post(visitor, f"/case/{large}/decide", **ASKED, key="two")
    decision = page.url.path.rsplit("/", 1)[1]
    assert state.decisions.get(decision).status == "proposed", "forty accounts are many"
    assert served.post(visitor, f"/decision/{decision}/approve").status_code == 409
    assert state.decisions.get(decision).status == "proposed"
    served.post(served.visitor("second"), f"/decision/{decision}/approve")
    assert state.decisions.get(decision).status == "active"


def test_what_is_no_decision_is_refused_with_the_way_out(served):
    visitor, case = served.visitor("analyst"), _small(served)
    for wrong in ({"kind": "burn"}, {"hours": "0"}, {"hours": "nan"}, {"reason": " "}):
        reply = visitor.get(f"/case/{case}/decide", params={**ASKED, **wrong})
        assert reply.status_code == 400, wrong


def test_decisions_are_listed_by_what_the_address_asks(served):
    visitor = served.visitor("viewer")
    assert "simulated" in visitor.get("/decisions?simulated=yes").text
    assert "No decision answers" in visitor.get("/decisions?kind=degrade").text


def test_what_needs_a_second_person_says_so_before_and_who_may_agree(served):
    visitor = served.visitor("analyst")
    case = served.desk.state.cases.of_campaign("campaign-aa03").id
    page = visitor.get(f"/case/{case}/decide?kind=block&hours=24&mode=live&reason=because").text
    assert "a second person has to agree before anything happens" in page
    assert "Propose to block" in page
    assert "second" in page
    shadow = visitor.get(f"/case/{case}/decide?kind=block&hours=24&mode=shadow&reason=because").text
    assert "a second person has to agree" not in shadow
