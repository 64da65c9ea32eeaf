"""What was done to a case is marked on its timeline: decisions, their ends, hands, and who answered."""

from msgspec import structs

from excise.casework.case import Event as Happened
from excise.casework.case import Happening
from excise.casework.decision import Decision, Kind, Mode, Scope, Status
from excise.console.moments import moments
from excise.report.findings import AccountFacts, Portrait

DAY_S = 86_400.0
BLOCK = Decision(
    id="dec-1",
    kind=Kind.BLOCK,
    scope=Scope.ACTOR,
    subject="actor-1",
    status=Status.ACTIVE,
    reason="x",
    reason_code="x",
    made_by="ann",
    made_at_s=10 * DAY_S,
    starts_at_s=10 * DAY_S,
    until_s=20 * DAY_S,
)


def _portrait(served, *spans):
    campaign, _ = served.made_up.campaign("campaign-m", 3, 1)
    facts = tuple(
        AccountFacts(account=f"a{place}", first_at_s=first * DAY_S, last_at_s=last * DAY_S)
        for place, (first, last) in enumerate(spans)
    )
    return Portrait(campaign=campaign, accounts=facts)


def test_who_goes_quiet_with_a_block_and_who_begins_then_is_marked(served):
    portrait = _portrait(served, (1, 10.1), (2, 14), (10.5, 15), (12, 15), (3, 8))
    found = {(one.kind, one.account) for one in moments(portrait, [BLOCK], ())}
    assert found == {("decision", None), ("silence", "a0"), ("begin", "a2")}


def test_nobody_is_quiet_where_the_log_ends_with_the_decision(served):
    portrait = _portrait(served, (1, 10.1), (2, 10.2))
    assert {one.kind for one in moments(portrait, [BLOCK], ())} == {"decision"}


def test_what_was_not_carried_out_marks_nothing_and_an_undoing_does(served):
    portrait = _portrait(served, (1, 15))
    simulated = structs.replace(BLOCK, simulated=True, mode=Mode.SHADOW)
    proposed = structs.replace(BLOCK, status=Status.PROPOSED)
    assert moments(portrait, [simulated, proposed], ()) == ()
    undone = structs.replace(BLOCK, status=Status.UNDONE, undone_by="bob", undone_at_s=11 * DAY_S)
    assert [one.name for one in moments(portrait, [undone], ())] == ["block by ann", "block undone by bob"]


def test_hands_are_marked_and_the_loop_is_not(served):
    events = [
        Happened(sequence=n, case="case-1", at_s=n * DAY_S, by=by, happening=what, text="t")
        for n, (by, what) in enumerate(
            [("ann", Happening.SPLIT), ("loop", Happening.JOINED), ("bob", Happening.COMMENTED)]
        )
    ]
    assert [one.name for one in moments(_portrait(served, (1, 5)), (), events)] == ["split by ann"]


def test_the_page_of_a_case_names_each_mark(served):
    visitor = served.visitor("analyst")
    case = served.desk.state.cases.of_campaign("campaign-aa01").id
    member = served.desk.state.cases.get(case).accounts[0]
    served.post(visitor, f"/case/{case}/accounts", does="leave_out", names=member, because="it is a school")
    page = visitor.get(f"/case/{case}").text
    assert "accounts left out by analyst" in page
    assert "what was done by hand dashed and dotted" in page
