"""The queue: cases to work through. A list's address is its question, so that it can be sent and kept."""

from starlette.responses import Response

from excise.casework.case import Case, CaseFilter, CaseOrder, CaseStatus, Outcome
from excise.casework.decision import Draft, Kind, Scope
from excise.casework.refusals import NotAsThingsStand
from excise.casework.state.views import View
from excise.console.visit import Visit, gone_to, linked, rendered
from excise.errors import ExciseError

_ROWS = 50

VIEWS: tuple[tuple[str, str], ...] = (
    ("Open", "/"),
    ("Mine", "/?assignee=me"),
    ("Nobody's", "/?assignee=nobody"),
    ("Largest exposure", "/?order=exchanges"),
    ("Newest", "/?order=changed"),
    ("Closed", "/?status=closed"),
)
"""Lists that everybody wants, by name."""


def asked(visit: Visit) -> CaseFilter:
    """Read what a list asks for out of its address; what makes no sense asks for nothing."""
    status = tuple(CaseStatus(one) for one in visit.marked("status") if one in set(CaseStatus))
    order, outcome = visit.asked("order"), visit.asked("outcome")
    assignee = visit.asked("assignee", 200)
    size = visit.number("size")
    return CaseFilter(
        status=status or (CaseStatus.OPEN, CaseStatus.INVESTIGATING),
        assignee={"": None, "me": visit.person.name, "nobody": ""}.get(assignee, assignee),
        bits_at_least=visit.number("bits"),
        size_at_least=None if size is None else int(size),
        outcome=Outcome(outcome) if outcome in set(Outcome) else None,
        text=visit.asked("text", 200) or None,
        order=CaseOrder(order) if order in set(CaseOrder) else CaseOrder.BITS,
    )


def queue(visit: Visit) -> Response:
    """Show a page of cases, the most first by what is asked."""
    question = asked(visit)
    page = visit.desk.state.cases.list(question, after=visit.asked("after") or None, most=_ROWS)
    query = {
        name: visit.query.getlist(name)
        for name in ("status", "order", "outcome", "assignee", "bits", "size", "text")
    }
    return rendered(
        visit,
        "queue.html.j2",
        {
            "page": page,
            "count": visit.desk.state.cases.count(question),
            "question": question,
            "query": {name: values[0] for name, values in query.items() if values},
            "next": page.after and linked("/", **query, after=page.after),
            "orders": tuple(CaseOrder),
            "statuses": tuple(CaseStatus),
            "outcomes": tuple(Outcome),
            "views": VIEWS,
            "own": visit.desk.state.views.of(visit.person.name),
            "kept": visit.here.partition("?")[2],
        },
        place="/",
    )


def keep_view(visit: Visit) -> Response:
    """Keep a list under a name, or forget one."""
    views, person, name = visit.desk.state.views, visit.person.name, visit.asked("name", 100)
    if visit.asked("forget"):
        views.remove(person, name, now_s=visit.now_s)
        return gone_to("/", f"{name} is forgotten.")
    views.save(person, View(name=name, query=visit.asked("query") or "status="), now_s=visit.now_s)
    return gone_to("/", f"Kept as {name}.")


def bulk(visit: Visit) -> Response:
    """Assign or close the cases that are marked, after a look at exactly which these are."""
    names, does = visit.marked("case")[:_ROWS], visit.asked("does")
    cases = tuple(visit.desk.state.cases.get(name) for name in names)
    if not cases:
        return gone_to("/", "No case was marked.")
    if not visit.asked("sure"):
        return rendered(
            visit,
            "bulk.html.j2",
            {
                "cases": cases,
                "does": does,
                "outcomes": tuple(Outcome),
                "accounts": sum(case.size for case in cases),
                "verified": sum(case.verified for case in cases),
                "exchanges": sum(case.exchanges for case in cases),
                "share": sum(_traffic_share(visit, case) for case in cases),
            },
            place="/",
        )
    done, left = 0, []
    for case in cases:
        try:
            _do(visit, case.id, does)
            done += 1
        except ExciseError as error:
            left.append(f"{case.id}: {error}")
    word = f"{done} of {len(cases)} done."
    return gone_to("/", " ".join([word, *left]))


def _traffic_share(visit: Visit, case: Case) -> float:
    """Return which share of all traffic the accounts of a case are."""
    draft = Draft(
        kind=Kind.OBSERVE,
        scope=Scope.ACTOR,
        subject=case.actor or case.id,
        reason="to look",
        reason_code="look",
        hours=1.0,
        case=case.id,
    )
    return visit.desk.state.impacts.of(draft, now_s=visit.now_s).traffic_share


def _do(visit: Visit, case: str, does: str) -> None:
    cases, by, now_s = visit.desk.state.cases, visit.person.name, visit.now_s
    if does == "assign":
        cases.assign(case, visit.asked("to", 200) or by, by=by, now_s=now_s)
    elif does == "close":
        cases.close(case, Outcome(visit.asked("outcome")), because=visit.asked("because"), by=by, now_s=now_s)
    else:
        raise NotAsThingsStand(f"cases cannot be {does!r} together; assign or close them")


def find(visit: Visit) -> Response:
    """Go to what was looked for: a case, an actor's case, an account; else to a list of cases."""
    text = visit.asked("q", 200)
    state = visit.desk.state
    if text.startswith("case-"):
        return gone_to(f"/case/{text}", "") if _is_case(visit, text) else gone_to("/", "", text=text)
    if text.startswith(("actor-", "campaign-")):
        found = state.cases.of_campaign("campaign-" + text.split("-", 1)[1])
        return gone_to(f"/case/{found.id}", "") if found else gone_to("/", f"There is no case of {text}.")
    if text and state.standings.get(text) is not None:
        return gone_to("/account", "", name=text)
    return gone_to("/", "", text=text)


def _is_case(visit: Visit, name: str) -> bool:
    try:
        visit.desk.state.cases.get(name)
    except ExciseError:
        return False
    return True
