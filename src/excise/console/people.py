"""The page of people: who may sign in, and what they may do. For admins."""

from starlette.responses import Response

from excise.casework.state.people import Role
from excise.console.visit import Visit, gone_to, rendered
from excise.errors import BadSetting


def people(visit: Visit) -> Response:
    """List all people."""
    return rendered(
        visit,
        "people.html.j2",
        {"people": visit.desk.state.people.list(), "roles": tuple(Role)},
        place="/people",
    )


def add(visit: Visit) -> Response:
    """Add somebody, with a password, or with the identity that the company's provider vouches for."""
    name = visit.asked("name", 200)
    password, identity = visit.asked("password", 1_000), visit.asked("identity", 500)
    if not password and not identity:
        raise BadSetting("somebody signs in with a password or an identity; give one")
    visit.desk.state.people.add(
        name,
        _role(visit),
        password=password or None,
        identity=identity or None,
        by=visit.person.name,
        now_s=visit.now_s,
    )
    return gone_to("/people", f"{name} may sign in.")


def change(visit: Visit) -> Response:
    """Give somebody another role or password, or let them sign in no more; their sessions end."""
    name, does = visit.asked("name", 200), visit.asked("does")
    if does not in {"role", "password", "disable", "enable"}:
        raise BadSetting(f"nothing is changed by the name of {does!r}")
    if name == visit.person.name and does in {"role", "disable"}:
        raise BadSetting("nobody takes their own role away; ask another admin")
    visit.desk.state.people.change(
        name,
        role=_role(visit) if does == "role" else None,
        password=visit.asked("password", 1_000) if does == "password" else None,
        disabled={"disable": True, "enable": False}.get(does),
        by=visit.person.name,
        now_s=visit.now_s,
    )
    return gone_to("/people", f"{name} was changed.")


def _role(visit: Visit) -> Role:
    role = visit.asked("role")
    if role not in set(Role):
        raise BadSetting(f"there is no role {role!r}; choose one of {', '.join(Role)}")
    return Role(role)
