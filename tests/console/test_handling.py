"""What is done to a case: held, assigned, discussed, merged, split, closed; what is refused is said."""

from excise.casework.case import CaseFilter, CaseStatus


def _cases(served):
    return {case.size: case.id for case in served.desk.state.cases.list(CaseFilter()).cases}


def test_two_people_never_decide_the_same_case(served):
    case = _cases(served)[12]
    served.post(served.visitor("analyst"), f"/case/{case}/lock")
    late = served.post(served.visitor("second"), f"/case/{case}/close", outcome="unsure", because="x")
    assert late.status_code == 409
    assert "analyst" in late.text
    assert served.desk.state.cases.get(case).status is CaseStatus.OPEN


def test_a_comment_is_text_and_stands_in_the_timeline(served):
    case, visitor = _cases(served)[12], served.visitor("analyst")
    page = served.post(visitor, f"/case/{case}/comment", text="<b>look</b> at this")
    assert "&lt;b&gt;look&lt;/b&gt; at this" in page.text


def test_accounts_are_split_off_left_out_and_put_in(served):
    visitor, state, cases = served.visitor("analyst"), served.desk.state, _cases(served)
    form = {"does": "split", "names": "acct_0300000\r\nacct_0300001", "title": "Two of them", "because": "x"}
    page = served.post(visitor, f"/case/{cases[12]}/accounts", **form)
    new = page.url.path.rsplit("/", 1)[1]
    assert state.cases.get(new).accounts == ("acct_0300000", "acct_0300001")
    form = {"does": "leave_out", "names": "acct_0300002", "because": "a friend"}
    served.post(visitor, f"/case/{cases[12]}/accounts", **form)
    assert state.cases.get(cases[12]).by_hand["acct_0300002"] is False
    form = {"does": "put_in", "names": "honest_0007", "because": "the same card"}
    served.post(visitor, f"/case/{cases[12]}/accounts", **form)
    assert "honest_0007" in state.cases.get(cases[12]).accounts


def test_merged_closed_and_open_again(served):
    visitor, state, cases = served.visitor("analyst"), served.desk.state, _cases(served)
    page = served.post(visitor, f"/case/{cases[3]}/merge", into=cases[12], because="one owner")
    assert page.url.path == f"/case/{cases[12]}"
    assert "lives on in" in visitor.get(f"/case/{cases[3]}").text
    form = {"outcome": "not_harvesting", "because": "a class"}
    served.post(visitor, f"/case/{cases[12]}/close", **form)
    assert state.cases.get(cases[12]).outcome == "not_harvesting"
    served.post(visitor, f"/case/{cases[12]}/reopen", because="too early")
    assert state.cases.get(cases[12]).status in {CaseStatus.OPEN, CaseStatus.INVESTIGATING}


def test_an_appeal_that_is_granted_undoes_its_decision(served):
    state, now_s = served.desk.state, served.clock()
    form = {"kind": "block", "hours": "24", "mode": "live", "reason": "x", "key": "k"}
    page = served.post(served.visitor("analyst"), f"/case/{_cases(served)[3]}/decide", **form)
    decision = page.url.path.rsplit("/", 1)[1]
    if state.decisions.get(decision).status == "proposed":
        served.post(served.visitor("approver"), f"/decision/{decision}/approve")
    appeal = state.appeals.receive(decision, "We are a school.", policy=served.desk.policy(), now_s=now_s)
    visitor = served.visitor("analyst")
    assert "We are a school." in visitor.get(f"/case/{_cases(served)[3]}").text
    form = {"appeal": appeal.id, "answer": "Sorry.", "granted": "yes"}
    served.post(visitor, f"/case/{_cases(served)[3]}/answer", **form)
    assert state.decisions.get(decision).status == "undone"


def test_a_rule_is_snoozed_for_an_actor(served):
    rule = next(iter(served.desk.policy().rules))
    case, form = _cases(served)[12], {"rule": rule, "hours": "5", "because": "being looked at"}
    page = served.post(served.visitor("analyst"), f"/case/{case}/snooze", **form)
    assert "is snoozed until" in page.text


def test_what_nobody_can_do_is_refused(served):
    case, visitor = _cases(served)[12], served.visitor("analyst")
    assert served.post(visitor, f"/case/{case}/burn").status_code == 400
    assert served.post(visitor, f"/case/{case}/close", outcome="guilty", because="x").status_code == 409
    assert served.post(visitor, "/case/case-none/comment", text="x").status_code == 404
