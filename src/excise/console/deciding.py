"""Deciding: whom it would touch first, then the decision; agreed to, refused and undone with a reason."""

import secrets
from collections.abc import Callable

from starlette.responses import Response

from excise.casework.decision import (
    Decision,
    DecisionFilter,
    Degradation,
    Draft,
    Kind,
    Limits,
    Mode,
    Scope,
    Status,
)
from excise.casework.impact import is_bulk
from excise.casework.refusals import NotAsThingsStand
from excise.casework.state.people import Role
from excise.console.visit import Visit, gone_to, linked, rendered
from excise.errors import BadSetting

_MOST_SHOWN = 200
_ROWS = 50


def drafted(visit: Visit) -> Draft:
    """Read what somebody wants to be decided out of a form.

    Raises:
        BadSetting: it has no reason, no kind, or holds for no time.
    """
    kind, mode, hours = visit.asked("kind"), visit.asked("mode"), visit.number("hours")
    if kind not in set(Kind):
        raise BadSetting(f"nothing is done by the name of {kind!r}; choose one of {', '.join(Kind)}")
    if hours is None or hours <= 0:
        raise BadSetting("a decision holds for some hours; say for how many")
    if not visit.asked("reason"):
        raise BadSetting("a decision has a reason; say why")
    scope, subject = Scope.ACCOUNT, visit.asked("account", 500)
    case = visit.path.get("case")
    if case is not None:
        actor = visit.desk.state.cases.get(case).actor
        scope, subject = Scope.ACTOR, actor or case
    rpm, tpm = visit.number("rpm"), visit.number("tpm")
    return Draft(
        kind=Kind(kind),
        scope=scope,
        subject=subject,
        reason=visit.asked("reason"),
        reason_code=visit.asked("reason_code", 60) or "unauthorized_distillation",
        hours=hours,
        mode=Mode.SHADOW if mode == Mode.SHADOW else Mode.LIVE,
        act=True,
        case=case,
        limits=Limits(rpm=None if rpm is None else int(rpm), tpm=None if tpm is None else int(tpm))
        if kind == Kind.THROTTLE
        else None,
        degradation=Degradation() if kind == Kind.DEGRADE else None,
        key=visit.asked("key", 64) or None,
    )


def preview(visit: Visit) -> Response:
    """Show exactly whom a decision would touch, before it is one; its key makes a second sending harmless."""
    draft = drafted(visit)
    impact = visit.desk.state.impacts.of(draft, now_s=visit.now_s)
    case = visit.path.get("case")
    back = f"/case/{case}" if case else linked("/account", name=draft.subject)
    return rendered(
        visit,
        "preview.html.j2",
        {
            "draft": draft,
            "impact": impact,
            "shown": impact.accounts[:_MOST_SHOWN],
            "back": back,
            "target": f"/case/{case}/decide" if case else "/account/decide",
            "key": secrets.token_hex(16),
            "until_s": visit.now_s + draft.hours * 3600,
            "limits": draft.limits,
            "asks_second": draft.mode is Mode.LIVE
            and draft.kind is not Kind.OBSERVE
            and is_bulk(impact, visit.desk.policy().bulk),
            "others": _who_may_agree(visit),
        },
        place="/",
    )


def decide(visit: Visit) -> Response:
    """Make the decision, or the proposal where a second person has to agree."""
    draft = drafted(visit)
    made = visit.desk.state.decisions.propose(
        draft, policy=visit.desk.policy(), by=visit.person.name, now_s=visit.now_s
    )
    word = (
        "It waits for a second person to agree."
        if made.status is Status.PROPOSED
        else "It is written down as simulated."
        if made.simulated
        else "It holds now."
    )
    return gone_to(f"/decision/{made.id}", word)


def decision(visit: Visit) -> Response:
    """Show a decision: who, why, until when, whom it touches, and what the customer is told."""
    return _page(visit, visit.desk.state.decisions.get(visit.path["decision"]))


def _page(visit: Visit, its: Decision, *, refusal: str = "", status: int = 200) -> Response:
    state = visit.desk.state
    impact = state.impacts.of_decision(its, now_s=visit.now_s)
    return rendered(
        visit,
        "decision.html.j2",
        {
            "decision": its,
            "impact": impact,
            "shown": impact.accounts[:_MOST_SHOWN],
            "effects": state.effects.of_decision(its.id, most=_MOST_SHOWN),
            "own": its.made_by == visit.person.name,
            "others": _who_may_agree(visit),
            "holds": its.holds(at_s=visit.now_s),
            "appeals": visit.desk.appeals,
            "refusal": refusal,
        },
        place="/decisions",
        status=status,
    )


def _who_may_agree(visit: Visit) -> tuple[str, ...]:
    """Return who besides the visitor may agree to what is proposed."""
    return tuple(
        person.name
        for person in visit.desk.state.people.list()
        if person.disabled_at_s is None
        and person.role.may(Role.APPROVER)
        and person.name != visit.person.name
    )


def approve(visit: Visit) -> Response:
    """Agree to what somebody else has proposed."""
    name = visit.path["decision"]
    try:
        visit.desk.state.decisions.approve(
            name, policy=visit.desk.policy(), by=visit.person.name, now_s=visit.now_s
        )
    except NotAsThingsStand as error:
        return _page(visit, visit.desk.state.decisions.get(name), refusal=str(error), status=409)
    return gone_to(f"/decision/{name}", "It holds now.")


def refuse(visit: Visit) -> Response:
    """Refuse what was proposed."""
    return _ended(visit, visit.desk.state.decisions.refuse, "It was refused.")


def undo(visit: Visit) -> Response:
    """Undo what holds; the gateways hear of it with their next question."""
    return _ended(
        visit,
        visit.desk.state.decisions.undo,
        "It was undone; the gateways hear of it with their next question.",
    )


def _ended(visit: Visit, end: Callable[..., Decision], word: str) -> Response:
    name = visit.path["decision"]
    try:
        end(
            name,
            because=visit.asked("because"),
            policy=visit.desk.policy(),
            by=visit.person.name,
            now_s=visit.now_s,
        )
    except (NotAsThingsStand, BadSetting) as error:
        return _page(visit, visit.desk.state.decisions.get(name), refusal=str(error), status=409)
    return gone_to(f"/decision/{name}", word)


def decisions(visit: Visit) -> Response:
    """List decisions, the latest first; those that wait for a second person come by their own view."""
    status = tuple(Status(one) for one in visit.marked("status") if one in set(Status))
    kind, simulated = visit.asked("kind"), visit.asked("simulated")
    question = DecisionFilter(
        status=status,
        kind=Kind(kind) if kind in set(Kind) else None,
        made_by=visit.asked("by", 200) or None,
        rule=visit.asked("rule", 200) or None,
        subject=visit.asked("subject", 500) or None,
        simulated={"yes": True, "no": False}.get(simulated),
    )
    page = visit.desk.state.decisions.list(question, after=visit.asked("after") or None, most=_ROWS)
    kept = {
        "status": [str(one) for one in status],
        "kind": kind,
        "by": visit.asked("by", 200),
        "rule": visit.asked("rule", 200),
        "subject": visit.asked("subject", 500),
        "simulated": simulated,
    }
    return rendered(
        visit,
        "decisions.html.j2",
        {
            "page": page,
            "kept": kept,
            "next": page.after and linked("/decisions", **kept, after=page.after),
            "statuses": tuple(Status),
            "kinds": tuple(Kind),
        },
        place="/decisions",
    )
