"""People: an admin says who may sign in, and what they may do; nobody takes their own role away."""

from excise.casework.state.people import Role


def _role(served, name):
    return next(one for one in served.desk.state.people.list() if one.name == name)


def test_somebody_is_added_changed_and_shut_out(served):
    admin = served.visitor("admin")
    served.post(admin, "/people/add", name="grace", role="analyst", password=served.password)
    grace = served.visitor("grace")
    served.post(admin, "/people/change", name="grace", role="viewer", does="role")
    assert _role(served, "grace").role is Role.VIEWER
    assert grace.get("/", follow_redirects=False).status_code == 303, "a new role ends old sessions"
    served.post(admin, "/people/change", name="grace", does="disable")
    form = {"name": "grace", "password": served.password, "to": "/"}
    assert served.visitor(None).post("/sign-in", data=form).status_code == 401


def test_what_makes_nobody_is_refused(served):
    admin = served.visitor("admin")
    for form in (
        {"name": "x", "role": "king", "password": served.password},
        {"name": "x", "role": "viewer", "password": "short"},
        {"name": "x", "role": "viewer"},
        {"name": "admin", "role": "viewer", "password": served.password},
    ):
        assert served.post(admin, "/people/add", **form).status_code in {400, 409}, form
    assert served.post(admin, "/people/change", name="admin", does="role", role="viewer").status_code == 400
    assert _role(served, "admin").role is Role.ADMIN
