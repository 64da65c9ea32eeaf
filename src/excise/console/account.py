"""The page of an account: all that is known, its actor now and before, what was decided, what it is told."""

from starlette.responses import Response

from excise.casework.decision import Kind, Scope
from excise.casework.refusals import NoSuchRecord
from excise.console.visit import Visit, rendered
from excise.detection.campaign import Because
from excise.report.table import Column, Table

_MOST_OTHERS = 100


def account(visit: Visit) -> Response:
    """Show an account; one that was never judged is said to be unknown, with what was decided about it."""
    state, name = visit.desk.state, visit.asked("name", 500)
    standing = state.standings.get(name)
    decisions = state.decisions.of_account(name)
    if standing is None and not decisions and not state.cases.of_account(name):
        raise NoSuchRecord.of("account", name)
    others = state.standings.of_actor(standing.actor, most=_MOST_OTHERS + 1) if standing else ()
    because = standing.because if standing else ()
    return rendered(
        visit,
        "account.html.j2",
        {
            "name": name,
            "standing": standing,
            "history": state.standings.history(name, most=100),
            "cases": state.cases.of_account(name),
            "decisions": decisions,
            "effects": state.effects.current(Scope.ACCOUNT, name),
            "others": tuple(other for other in others if other.account != name)[:_MOST_OTHERS],
            "more": len(others) > _MOST_OTHERS,
            "speaks_for": _reasons(tuple(b for b in because if b.weight > 0), "What speaks for harvesting"),
            "against": _reasons(tuple(b for b in because if b.weight <= 0), "What speaks against it"),
            "kinds": tuple(Kind),
        },
    )


def _reasons(because: tuple[Because, ...], caption: str) -> Table:
    rows = sorted(because, key=lambda reason: -abs(reason.weight))
    return Table(
        caption=caption,
        columns=(Column("signal", "name"), Column("weight", "weight"), Column("because", "text")),
        rows=tuple((reason.signal, reason.weight, reason.text) for reason in rows),
    )
