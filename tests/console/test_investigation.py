"""The page of a case says the sentence first, and why two accounts are one owner's, weight by weight."""

from excise.casework.case import CaseFilter
from excise.report.page import MOST_ACCOUNTS


def _case(served, order=0):
    return served.desk.state.cases.list(CaseFilter()).cases[order].id


def test_the_sentence_comes_first_and_then_the_because(served):
    text = served.visitor("viewer").get(f"/case/{_case(served)}").text
    order = ["12 accounts act as one", "What the bits rest on", "What speaks against it", "Honest customers"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_a_case_without_a_portrait_is_drawn_from_its_standings(served):
    for path in (served.desk.portraits).iterdir():
        path.unlink()
    text = served.visitor("viewer").get(f"/case/{_case(served)}").text
    assert "What the bits rest on" in text
    assert "acct_0300000" in text


def test_a_case_by_hand_has_no_campaign_and_a_page(served):
    state = served.desk.state
    made = state.cases.open("Looks odd", ["honest_0001"], by="analyst", now_s=served.clock())
    text = served.visitor("viewer").get(f"/case/{made.id}").text
    assert "Looks odd" in text
    assert "honest_0001" in text


def test_links_are_shown_with_each_weight_and_by_kind_of_tie(served):
    visitor, case = served.visitor("viewer"), _case(served)
    everything = visitor.get(f"/case/{case}/why").text
    assert "the same 212-word instruction" in everything
    only = visitor.get(f"/case/{case}/why?tie=payment").text
    assert only.count("the same payment instrument") >= 1
    strange = visitor.get(f"/case/{case}/why?one=acct_0300000&other=honest_0001").text
    assert "No link is kept between these two" in strange


def test_no_page_lists_more_accounts_than_people_read():
    assert MOST_ACCOUNTS <= 1_000


def test_what_is_not_there_is_said_so(served):
    reply = served.visitor("viewer").get("/case/case-none")
    assert reply.status_code == 404
    assert "there is no case" in reply.text
