"""The queue: what a list holds is what its address asks, and nobody acts on many unseen."""

from excise.casework.case import CaseFilter, CaseStatus


def test_an_address_is_a_question(served):
    visitor = served.visitor("viewer")
    assert "3 cases" in visitor.get("/").text
    assert "1 case<" in visitor.get("/?bits=11").text
    assert "2 cases" in visitor.get("/?size=10").text
    assert "No case answers" in visitor.get("/?text=nothing+like+it").text
    first = visitor.get("/?order=size").text
    assert first.index("40 accounts") < first.index("12 accounts") < first.index("3 accounts")


def test_what_makes_no_sense_asks_for_nothing(served):
    visitor = served.visitor("viewer")
    odd = visitor.get("/?bits=many&size=nan&order=%00&status=burnt&outcome=1&after=")
    assert odd.status_code == 200
    assert "3 cases" in odd.text
    assert visitor.get("/?after=not-a-page").status_code == 400


def test_many_are_closed_only_after_a_look_at_which(served):
    visitor = served.visitor("analyst")
    cases = served.desk.state.cases
    names = [case.id for case in cases.list(CaseFilter()).cases][:2]
    look = served.post(visitor, "/bulk", case=names, does="close")
    assert "% of all traffic" in look.text
    assert "Close 2 cases" in look.text
    assert all(cases.get(name).status is CaseStatus.OPEN for name in names)
    form = {"case": names, "does": "close", "sure": "yes", "outcome": "unsure", "because": "cannot tell"}
    assert "2 of 2 done" in served.post(visitor, "/bulk", **form).text
    assert all(cases.get(name).status is CaseStatus.CLOSED for name in names)


def test_of_many_the_one_that_another_holds_stays_and_is_named(served):
    cases = served.desk.state.cases
    names = [case.id for case in cases.list(CaseFilter()).cases]
    cases.lock(names[0], by="second", now_s=served.clock())
    form = {"case": names, "does": "close", "sure": "yes", "outcome": "unsure", "because": "cannot tell"}
    reply = served.post(served.visitor("analyst"), "/bulk", **form)
    assert "2 of 3 done" in reply.text
    assert cases.get(names[0]).status is CaseStatus.OPEN


def test_a_list_is_kept_under_a_name_and_forgotten(served):
    visitor = served.visitor("viewer")
    served.post(visitor, "/views", name="Large ones", query="size=10")
    assert "Large ones" in visitor.get("/").text
    assert "Large ones" not in served.visitor("analyst").get("/").text
    served.post(visitor, "/views", name="Large ones", forget="yes")
    assert "/?size=10" not in visitor.get("/").text


def test_finding_goes_to_what_was_named(served):
    visitor = served.visitor("viewer")
    case = served.desk.state.cases.list(CaseFilter()).cases[0]
    assert visitor.get("/find", params={"q": case.id}).url.path == f"/case/{case.id}"
    assert visitor.get("/find", params={"q": "acct_0300000"}).url.path == "/account"
    assert visitor.get("/find", params={"q": "campaign-aa01"}).url.path.startswith("/case/")
    assert visitor.get("/find", params={"q": "case-none"}).status_code == 200
    assert "No case answers" in visitor.get("/find", params={"q": "xyzzy"}).text
