from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from excise.casework.case import CaseFilter, CaseOrder, CaseStatus, Happening, Outcome
from excise.casework.decision import DecisionFilter, Scope, Status
from excise.casework.policy import Policy, parse
from excise.casework.refusals import HeldByAnother, NoSuchRecord, NotAsThingsStand, SecondPersonNeeded
from excise.casework.standing import Round
from excise.casework.state import State
from excise.detection.campaign import Campaign
from excise.errors import BadSetting

NOW_S = 1_790_000_000.0
Found = Callable[..., Round]
Named = Callable[..., Campaign]


@pytest.fixture
def case(state: State, found: Found, campaign_of: Named, live: Policy) -> str:
    """A case of three accounts that are blocked."""
    return state.standings.receive(found(campaign_of("a", ["x", "y", "z"])), live, now_s=NOW_S).opened[0]


def test_two_people_never_decide_the_same_case(state: State, case: str) -> None:
    state.cases.lock(case, by="ann", now_s=NOW_S)
    for call in (
        lambda: state.cases.lock(case, by="bob", now_s=NOW_S + 1),
        lambda: state.cases.unlock(case, by="bob", now_s=NOW_S + 1),
        lambda: state.cases.assign(case, "bob", by="bob", now_s=NOW_S + 1),
        lambda: state.cases.close(case, Outcome.CONFIRMED, because="yes", by="bob", now_s=NOW_S + 1),
        lambda: state.cases.put_in(case, ["q"], because="same card", by="bob", now_s=NOW_S + 1),
        lambda: state.cases.leave_out(case, ["x"], because="no", by="bob", now_s=NOW_S + 1),
        lambda: state.cases.split(case, ["x"], title="t", because="no", by="bob", now_s=NOW_S + 1),
        lambda: state.cases.open("mine", ["x"], by="bob", now_s=NOW_S + 1),
    ):
        with pytest.raises(HeldByAnother):
            call()
    state.cases.comment(case, "I look too", by="bob", now_s=NOW_S + 1)
    assert state.cases.lock(case, by="bob", now_s=NOW_S + 901).locked_by == "bob"
    state.cases.unlock(case, by="bob", now_s=NOW_S + 902)
    assert state.cases.lock(case, by="ann", now_s=NOW_S + 903).locked_by == "ann"


def test_comments_and_assignment_stand_in_the_timeline(state: State, case: str) -> None:
    state.cases.assign(case, "ann", by="ann", now_s=NOW_S + 1)
    state.cases.comment(case, "look\x00 at\u202e this", by="ann", now_s=NOW_S + 2)
    assert state.cases.get(case).status is CaseStatus.INVESTIGATING
    said = [(event.happening, event.by, event.text) for event in state.cases.events(case)][-2:]
    assert said == [
        (Happening.ASSIGNED, "ann", "assigned to ann"),
        (Happening.COMMENTED, "ann", "look at this"),
    ]
    with pytest.raises(BadSetting, match="comment is empty"):
        state.cases.comment(case, " ", by="ann", now_s=NOW_S)


def test_the_hand_outranks_linking(
    state: State, case: str, found: Found, campaign_of: Named, live: Policy
) -> None:
    state.cases.put_in(case, ["q"], because="same card", by="ann", now_s=NOW_S + 1)
    state.cases.leave_out(case, ["x"], because="a student", by="ann", now_s=NOW_S + 2)
    assert state.effects.current(Scope.ACCOUNT, "q")
    assert not state.effects.current(Scope.ACCOUNT, "x")
    state.standings.receive(found(campaign_of("a", ["w", "x", "y", "z"])), live, now_s=NOW_S + 3)
    there = state.cases.get(case)
    assert there.accounts == ("q", "w", "y", "z")
    assert there.by_hand == {"q": True, "x": False}
    assert not state.effects.current(Scope.ACCOUNT, "x")


def test_actors_that_merge_merge_their_cases(
    state: State, case: str, found: Found, campaign_of: Named, live: Policy
) -> None:
    (other,) = state.standings.receive(found(campaign_of("b", ["p", "q"])), live, now_s=NOW_S + 1).opened
    both = found(campaign_of("c", ["p", "q", "x", "y", "z"]), gone=["campaign-a", "campaign-b"])
    received = state.standings.receive(both, live, now_s=NOW_S + 2)
    assert received.opened == ()
    assert received.merged == (other,)
    there = state.cases.get(case)
    assert there.accounts == ("p", "q", "x", "y", "z")
    assert (there.campaign, there.size) == ("campaign-c", 5)
    assert state.cases.get(other).merged_into == case
    assert state.cases.of_campaign("campaign-b") == there
    assert Happening.MERGED in [event.happening for event in state.cases.events(case)]
    blocked = {effect.subject for effect in state.effects.since(0).effects}
    assert blocked == {"p", "q", "x", "y", "z"}


def test_a_case_split_by_hand_stays_split(
    state: State, case: str, found: Found, campaign_of: Named, live: Policy
) -> None:
    new = state.cases.split(case, ["z"], title="A reseller", because="other owner", by="ann", now_s=NOW_S + 1)
    assert (new.accounts, new.by_hand) == (("z",), {"z": True})
    assert not state.effects.current(Scope.ACCOUNT, "z"), "what was decided is about the other actor"
    more = found(campaign_of("a", ["w", "x", "y", "z"], bits=14.5))
    received = state.standings.receive(more, live, now_s=NOW_S + 2)
    assert received.merged == ()
    assert state.cases.get(case).accounts == ("w", "x", "y")
    assert state.cases.get(new.id).accounts == ("z",)


def test_cases_merged_by_hand_stay_merged(
    state: State, case: str, found: Found, campaign_of: Named, live: Policy
) -> None:
    weak = found(campaign_of("b", ["p", "q"], bits=3.0))
    (other,) = state.standings.receive(weak, live, now_s=NOW_S + 1).opened
    state.cases.merge(case, other, because="same card", by="ann", now_s=NOW_S + 2)
    assert state.effects.current(Scope.ACCOUNT, "p"), "what was decided in the one holds for the other's"
    case, other = other, case
    for campaign in (campaign_of("a", ["x", "y"]), campaign_of("b", ["p", "q", "r"])):
        received = state.standings.receive(found(campaign), live, now_s=NOW_S + 3)
        assert received.opened == ()
    assert state.cases.get(case).accounts == ("p", "q", "r", "x", "y", "z"), "what a hand moved stays"
    with pytest.raises(NotAsThingsStand, match="go on there"):
        state.cases.assign(other, "ann", by="ann", now_s=NOW_S + 4)


def test_nobody_stretches_a_decision_over_many_alone(
    state: State, case: str, found: Found, campaign_of: Named, quiet: Policy
) -> None:
    many = [f"m{n:02d}" for n in range(10)]
    other = state.standings.receive(found(campaign_of("m", many)), quiet, now_s=NOW_S + 1).opened[0]
    calls: list[Callable[[], object]] = [
        lambda: state.cases.put_in(case, many, because="b", bulk=quiet.bulk, by="ann", now_s=NOW_S + 2),
        lambda: state.cases.merge(other, case, because="b", bulk=quiet.bulk, by="ann", now_s=NOW_S + 2),
        lambda: state.cases.merge(case, other, because="b", bulk=quiet.bulk, by="ann", now_s=NOW_S + 2),
    ]
    for call in calls:
        with pytest.raises(SecondPersonNeeded, match="10 more accounts"):
            call()
    few = state.cases.put_in(case, many[:9], because="b", bulk=quiet.bulk, by="ann", now_s=NOW_S + 3)
    assert few.size == 12
    assert {one.subject for one in state.effects.since(0).effects} == {"x", "y", "z", *many[:9]}


def test_not_harvesting_undoes_what_was_decided(state: State, case: str) -> None:
    closed = state.cases.close(
        case, Outcome.NOT_HARVESTING, because="an evaluation", by="ann", now_s=NOW_S + 1
    )
    assert (closed.status, closed.outcome) == (CaseStatus.CLOSED, Outcome.NOT_HARVESTING)
    assert state.effects.since(0).effects == ()
    (decision,) = state.decisions.list(DecisionFilter(case=case)).decisions
    assert (decision.status, decision.undone_by) == (Status.UNDONE, "ann")
    with pytest.raises(NotAsThingsStand, match="reopen it first"):
        state.cases.close(case, Outcome.CONFIRMED, because="no", by="ann", now_s=NOW_S + 2)


def test_a_closed_case_stays_closed_until_much_has_changed(
    state: State, case: str, found: Found, campaign_of: Named, live: Policy
) -> None:
    state.cases.close(case, Outcome.NOT_HARVESTING, because="no", by="ann", now_s=NOW_S + 1)
    same = found(campaign_of("a", ["w", "x", "y", "z"], bits=14.5))
    assert state.standings.receive(same, live, now_s=NOW_S + 2).reopened == ()
    assert state.effects.since(0).effects == ()
    stronger = found(campaign_of("a", ["w", "x", "y", "z"], bits=17.5))
    assert state.standings.receive(stronger, live, now_s=NOW_S + 3).reopened == (case,)
    assert state.cases.get(case).accounts == ("w", "x", "y", "z")


def test_a_confirmed_campaign_that_grows_opens_again(
    state: State, case: str, found: Found, campaign_of: Named, live: Policy
) -> None:
    state.cases.close(case, Outcome.CONFIRMED, because="yes", by="ann", now_s=NOW_S + 1)
    assert {effect.subject for effect in state.effects.since(0).effects} == {"x", "y", "z"}
    received = state.standings.receive(found(campaign_of("a", ["w", "x", "y", "z"])), live, now_s=NOW_S + 2)
    assert received.reopened == (case,)
    assert state.effects.current(Scope.ACCOUNT, "w")


def test_reopened_by_hand(state: State, case: str) -> None:
    state.cases.close(case, Outcome.UNSURE, because="thin", by="ann", now_s=NOW_S + 1)
    mine = state.cases.open("Another", ["z"], by="bob", now_s=NOW_S + 2)
    back = state.cases.reopen(case, because="new facts", by="ann", now_s=NOW_S + 3)
    assert (back.accounts, back.outcome) == (("x", "y"), None)
    assert state.cases.get(mine.id).accounts == ("z",)
    with pytest.raises(NotAsThingsStand):
        state.cases.reopen(case, because="again", by="ann", now_s=NOW_S + 4)


def test_a_campaign_that_programmes_cover_is_no_case(
    state: State, found: Found, campaign_of: Named, live: Policy
) -> None:
    state.programmes.add(
        "lab",
        contract="c-1",
        accounts=["x", "y"],
        starts_at_s=0.0,
        until_s=NOW_S * 2,
        by="ann",
        now_s=NOW_S,
    )
    received = state.standings.receive(found(campaign_of("a", ["x", "y"])), live, now_s=NOW_S)
    assert received.opened == ()


def test_lists_filter_order_and_page(state: State, found: Found, campaign_of: Named, quiet: Policy) -> None:
    campaigns = [
        campaign_of(f"c{n:02d}", [f"c{n:02d}-{m}" for m in range(1 + n % 4)], bits=8.0 + n % 5)
        for n in range(23)
    ]
    state.standings.receive(found(*campaigns), quiet, now_s=NOW_S)
    for order in CaseOrder:
        seen, after = [], None
        for _ in range(10):
            page = state.cases.list(CaseFilter(order=order), after=after, most=7)
            seen += page.cases
            after = page.after
            if after is None:
                break
        assert len({one.id for one in seen}) == 23, order
    by_size = state.cases.list(CaseFilter(order=CaseOrder.SIZE), most=50).cases
    assert [one.size for one in by_size] == sorted((one.size for one in by_size), reverse=True)
    strong = CaseFilter(bits_at_least=11.0)
    assert {one.bits for one in state.cases.list(strong).cases} == {11.0, 12.0}
    assert state.cases.count(strong) == len(state.cases.list(strong).cases)
    (mine,) = state.cases.list(CaseFilter(account="c07-0")).cases
    assert mine.campaign == "campaign-c07"
    assert state.cases.list(CaseFilter(text="100%")).cases == ()
    assert len(state.cases.list(CaseFilter(text="TRACES", size_at_least=4)).cases) == 5
    state.cases.assign(mine.id, "ann", by="ann", now_s=NOW_S)
    assert [one.id for one in state.cases.list(CaseFilter(assignee="ann")).cases] == [mine.id]
    assert state.cases.count(CaseFilter(assignee="")) == 22
    assert state.cases.of_account("c07-0")[0].id == mine.id
    with pytest.raises(BadSetting, match="begin at the first"):
        state.cases.list(CaseFilter(), after="!!!")


def test_the_trend_is_of_two_weeks(state: State, found: Found, campaign_of: Named, quiet: Policy) -> None:
    day_s = 86_400.0
    for day, exchanges in [(0, 0), (7, 100), (14, 400)]:
        accounts = [f"a{n}" for n in range(1)]
        one = campaign_of("a", accounts, bits=9.0 + day / 7)
        round_ = found(one, honest=())
        standing = round_.standings[0]
        moved = type(standing)(
            **{f: getattr(standing, f) for f in standing.__struct_fields__} | {"exchanges": exchanges}
        )
        at_s = NOW_S + day * day_s
        state.standings.receive(Round(at_s=at_s, standings=(moved,), campaigns=(one,)), quiet, now_s=at_s)
    (case,) = state.cases.list(CaseFilter()).cases
    assert case.trend == 3.0


def test_what_is_not_there(state: State) -> None:
    with pytest.raises(NoSuchRecord, match="there is no case 'case-1'"):
        state.cases.get("case-1")
    with pytest.raises(BadSetting, match="name one at least"):
        state.cases.open("t", [], by="ann", now_s=NOW_S)
    assert state.cases.of_campaign("campaign-none") is None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["round", "put", "leave", "split", "merge", "close", "reopen", "open"]),
        st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=4, unique=True),
        st.integers(0, 5),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_an_account_is_in_one_living_case_at_a_time_whatever_happens(
    steps: list[tuple[str, list[str], int]],
    tmp_path_factory: pytest.TempPathFactory,
    found: Found,
    campaign_of: Named,
) -> None:
    policy = parse("[rules.b]\naction='block'\nbits_at_least=9\nhours=5\ntake='act'\nmode='live'", place="t")
    folder = tmp_path_factory.mktemp("law")
    with State.open(folder / "s.db", secret=bytes(16), now_s=NOW_S) as state:
        for at, (what, accounts, which) in enumerate(steps):
            now_s = NOW_S + at
            every = [one.id for one in state.cases.list(CaseFilter(status=())).cases]
            case = every[which % len(every)] if every else "case-none"
            other = every[(which + 1) % len(every)] if every else "case-none"
            try:
                match what:
                    case "round":
                        gone = [f"campaign-{which + 1}"]
                        state.standings.receive(
                            found(campaign_of(str(which), accounts), gone=gone), policy, now_s=now_s
                        )
                    case "put":
                        state.cases.put_in(case, accounts, because="b", by="ann", now_s=now_s)
                    case "leave":
                        state.cases.leave_out(case, accounts, because="b", by="ann", now_s=now_s)
                    case "split":
                        state.cases.split(case, accounts[:1], title="t", because="b", by="ann", now_s=now_s)
                    case "merge":
                        state.cases.merge(case, other, because="b", by="ann", now_s=now_s)
                    case "close":
                        state.cases.close(case, Outcome.CONFIRMED, because="b", by="ann", now_s=now_s)
                    case "reopen":
                        state.cases.reopen(case, because="b", by="ann", now_s=now_s)
                    case "open":
                        state.cases.open("t", accounts, by="ann", now_s=now_s)
            except (NoSuchRecord, NotAsThingsStand, BadSetting):
                continue
        alive = [state.cases.get(one.id) for one in state.cases.list(CaseFilter()).cases]
        held = [account for one in alive for account in one.accounts]
        assert len(held) == len(set(held))
        for one in alive:
            assert one.size == len(one.accounts)
            assert all(one.by_hand.get(account, True) for account in one.accounts)
        expected = {
            account
            for decision in state.decisions.list(DecisionFilter(status=(Status.ACTIVE,))).decisions
            if not decision.simulated and decision.case is not None
            for account in state.cases.get(_final(state, decision.case)).accounts
        }
        real = {effect.subject for effect in state.effects.since(0).effects if not effect.simulated}
        assert real == expected
        assert state.ledger.verify().faults == ()


def _final(state: State, case: str) -> str:
    while (into := state.cases.get(case).merged_into) is not None:
        case = into
    return case
