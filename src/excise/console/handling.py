"""What is done to a case that is no decision: held, assigned, discussed, merged, split, closed, preserved."""

from collections.abc import Callable

from starlette.responses import Response

from excise.casework.case import Outcome
from excise.console import investigation
from excise.console.visit import Visit, gone_to
from excise.errors import BadSetting, ExciseError


def handle(visit: Visit) -> Response:
    """Do to a case what the address says; what is refused is said on its page, and nothing is lost."""
    does = _DOES.get(visit.path["does"])
    if does is None:
        raise BadSetting(f"nothing is done to a case by the name of {visit.path['does']!r}")
    name = visit.path["case"]
    try:
        word, at = does(visit, name)
    except ExciseError as error:
        its = visit.desk.state.cases.get(name)
        return investigation.page(visit, its, refusal=str(error), status=409)
    return gone_to(f"/case/{at}", word)


def _assign(visit: Visit, case: str) -> tuple[str, str]:
    to = visit.asked("to", 200) or None
    visit.desk.state.cases.assign(case, to, by=visit.person.name, now_s=visit.now_s)
    return f"Assigned to {to or 'nobody'}.", case


def _lock(visit: Visit, case: str) -> tuple[str, str]:
    terms = visit.desk.policy().cases
    visit.desk.state.cases.lock(case, terms=terms, by=visit.person.name, now_s=visit.now_s)
    return f"You hold it for {terms.lock_minutes:g} minutes.", case


def _unlock(visit: Visit, case: str) -> tuple[str, str]:
    visit.desk.state.cases.unlock(case, by=visit.person.name, now_s=visit.now_s)
    return "You hold it no longer.", case


def _comment(visit: Visit, case: str) -> tuple[str, str]:
    visit.desk.state.cases.comment(case, visit.asked("text", 4_000), by=visit.person.name, now_s=visit.now_s)
    return "Said.", case


def _close(visit: Visit, case: str) -> tuple[str, str]:
    outcome = visit.asked("outcome")
    if outcome not in set(Outcome):
        raise BadSetting(f"no case comes to {outcome!r}; choose one of {', '.join(Outcome)}")
    visit.desk.state.cases.close(
        case, Outcome(outcome), because=visit.asked("because"), by=visit.person.name, now_s=visit.now_s
    )
    return f"Closed as {outcome.replace('_', ' ')}.", case


def _reopen(visit: Visit, case: str) -> tuple[str, str]:
    because = visit.asked("because")
    visit.desk.state.cases.reopen(case, because=because, by=visit.person.name, now_s=visit.now_s)
    return "It is open again.", case


def _merge(visit: Visit, case: str) -> tuple[str, str]:
    into = visit.asked("into", 40)
    visit.desk.state.cases.merge(
        case, into, because=visit.asked("because"), by=visit.person.name, now_s=visit.now_s
    )
    return f"{case} lives on here.", into


def _accounts(visit: Visit, case: str) -> tuple[str, str]:
    names = tuple(
        dict.fromkeys(line.strip() for line in visit.asked("names", 200_000).splitlines() if line.strip())
    )
    cases, because, by, now_s = (
        visit.desk.state.cases,
        visit.asked("because"),
        visit.person.name,
        visit.now_s,
    )
    does = visit.asked("does")
    if does == "split":
        title = visit.asked("title", 300)
        new = cases.split(case, names, title=title, because=because, by=by, now_s=now_s)
        return f"{len(names):,} accounts of {case} are a case of their own: this one.", new.id
    if does == "leave_out":
        cases.leave_out(case, names, because=because, by=by, now_s=now_s)
        return f"{len(names):,} accounts were left out.", case
    if does == "put_in":
        cases.put_in(case, names, because=because, by=by, now_s=now_s)
        return f"{len(names):,} accounts were put in.", case
    raise BadSetting(f"nothing is done to accounts by the name of {does!r}")


def _snooze(visit: Visit, case: str) -> tuple[str, str]:
    actor, hours = visit.desk.state.cases.get(case).actor, visit.number("hours")
    if actor is None or hours is None or hours <= 0:
        raise BadSetting("a rule is snoozed for an actor and some hours; say for how many")
    rule = visit.asked("rule", 200)
    visit.desk.state.snoozes.add(
        rule,
        actor,
        until_s=visit.now_s + hours * 3600.0,
        reason=visit.asked("because"),
        by=visit.person.name,
        now_s=visit.now_s,
    )
    return f"Rule {rule} is snoozed.", case


def _answer(visit: Visit, case: str) -> tuple[str, str]:
    granted = visit.asked("granted") == "yes"
    visit.desk.state.appeals.answer(
        visit.asked("appeal", 60),
        visit.asked("answer", 4_000),
        granted=granted,
        policy=visit.desk.policy(),
        by=visit.person.name,
        now_s=visit.now_s,
    )
    return "Granted: the decision is undone." if granted else "Answered; the decision stays.", case


_DOES: dict[str, Callable[[Visit, str], tuple[str, str]]] = {
    "assign": _assign,
    "lock": _lock,
    "unlock": _unlock,
    "comment": _comment,
    "close": _close,
    "reopen": _reopen,
    "merge": _merge,
    "accounts": _accounts,
    "snooze": _snooze,
    "answer": _answer,
}
