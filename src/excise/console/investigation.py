"""The page of a case: the sentence first, then the because, what speaks against, and what may be done."""

from collections.abc import Sequence

from starlette.responses import Response

from excise.casework.case import Case, CaseStatus, Event, Outcome
from excise.casework.decision import Decision, DecisionFilter, Kind
from excise.casework.refusals import NoSuchRecord
from excise.console.drawing import Drawn, drawn, kept, portrait
from excise.console.moments import moments
from excise.console.revealing import exhibits_of
from excise.console.visit import Visit, rendered
from excise.detection.campaign import Campaign
from excise.report.findings import AccountFacts, Portrait

_MOST_EVENTS = 200


def case(visit: Visit) -> Response:
    """Show a case; one that was merged says where it lives on."""
    return page(visit, visit.desk.state.cases.get(visit.path["case"]))


def page(visit: Visit, its: Case, *, refusal: str = "", status: int = 200) -> Response:
    """Return the page of a case, with what was refused when somebody just tried something."""
    state = visit.desk.state
    events = state.cases.events(its.id)
    decisions = state.decisions.list(DecisionFilter(case=its.id), most=100).decisions
    its_picture = drawn_of(visit, its, decisions, events)
    campaign = its_picture.portrait.campaign if its_picture else None
    return rendered(
        visit,
        "case.html.j2",
        {
            "case": its,
            "campaign": campaign,
            "figures": its_picture.figures if its_picture else (),
            "ties": its_picture.ties if its_picture else None,
            "accounts": its_picture.accounts if its_picture else None,
            "against": tuple(b for b in campaign.because if b.weight < 0) if campaign else (),
            "decisions": decisions,
            "snoozes": state.snoozes.list(now_s=visit.now_s, actor=its.actor) if its.actor else (),
            "appeals": state.appeals.of_case(its.id),
            "events": events[-_MOST_EVENTS:][::-1],
            "all_events": len(events),
            "exhibits": exhibits_of(visit, its.id),
            "held": its.locked_by is not None
            and its.locked_by != visit.person.name
            and (its.locked_until_s or 0.0) > visit.now_s,
            "mine": its.locked_by == visit.person.name and (its.locked_until_s or 0.0) > visit.now_s,
            "open": its.status in {CaseStatus.OPEN, CaseStatus.INVESTIGATING},
            "kinds": tuple(Kind),
            "outcomes": tuple(Outcome),
            "rules": tuple(visit.desk.policy().rules),
            "refusal": refusal,
        },
        place="/",
        pictures=its_picture.pictures if its_picture else None,
        status=status,
    )


def drawn_of(
    visit: Visit, its: Case, decisions: Sequence[Decision] = (), events: Sequence[Event] = ()
) -> Drawn | None:
    """Return the pictures of a case, with what was done to it on its timeline; None without a campaign."""
    found = portrait_of(visit, its)
    if found is None or its.campaign is None:
        return None
    marked = moments(found, decisions, events)
    return kept(visit.desk.portraits, its.campaign, marked) or drawn(found)


def portrait_of(visit: Visit, its: Case) -> Portrait | None:
    """Return what the figures of a case are drawn from; None where it has no campaign.

    The loop keeps a portrait with the timeline. Until it has, the campaign and the standings serve.
    """
    if its.campaign is None:
        return None
    found = portrait(visit.desk.portraits, its.campaign)
    if found is not None:
        return found
    try:
        campaign = visit.desk.state.standings.campaign(its.campaign)
    except NoSuchRecord:
        return None
    return _from_standings(visit, campaign)


def _from_standings(visit: Visit, campaign: Campaign) -> Portrait:
    facts = tuple(
        AccountFacts(
            account=standing.account,
            first_at_s=standing.started_at_s,
            last_at_s=standing.ended_at_s,
            exchanges=standing.exchanges,
            tokens_out=standing.tokens_out,
            rank=standing.rank,
            bits=standing.bits,
            programme=standing.programme,
        )
        for standing in visit.desk.state.standings.of_actor(campaign.actor)
    )
    return Portrait(campaign=campaign, accounts=facts)
