import pytest

from excise.casework.refusals import NoSuchRecord, NotAsThingsStand
from excise.casework.state.people import IDLE_S, SESSION_S, Role
from excise.errors import BadSetting

NOW_S = 1_790_000_000.0
PASSWORD = "correct horse battery"


@pytest.fixture
def ann(state):
    return state.people.add("ann", Role.ANALYST, password=PASSWORD, by="root", now_s=NOW_S)


def test_who_knows_the_password_has_a_session(state, ann):
    session = state.people.sign_in("ann", PASSWORD, now_s=NOW_S)
    assert session.person == ann
    again = state.people.session(session.key, now_s=NOW_S + 5)
    assert (again.person, again.csrf, again.key) == (ann, session.csrf, None)
    state.people.sign_out(session.key, now_s=NOW_S + 6)
    assert state.people.session(session.key, now_s=NOW_S + 7) is None


def test_nobody_else_has(state, ann):
    assert state.people.sign_in("ann", "wrong", now_s=NOW_S) is None
    assert state.people.sign_in("eve", PASSWORD, now_s=NOW_S) is None
    assert state.people.session("x" * 43, now_s=NOW_S) is None


def test_neither_password_nor_key_is_kept(state, ann):
    session = state.people.sign_in("ann", PASSWORD, now_s=NOW_S)
    with state.database.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM people").all())
        rows += str(connection.exec_driver_sql("SELECT * FROM sessions").all())
    assert "$argon2id$" in rows
    assert PASSWORD not in rows
    assert session.key not in rows


def test_after_wrong_passwords_one_waits(state, ann):
    for _ in range(5):
        assert state.people.sign_in("ann", "wrong", now_s=NOW_S) is None
    assert state.people.sign_in("ann", PASSWORD, now_s=NOW_S + 29) is None
    assert state.people.sign_in("ann", PASSWORD, now_s=NOW_S + 30) is not None


def test_sessions_end(state, ann):
    session = state.people.sign_in("ann", PASSWORD, now_s=NOW_S)
    assert state.people.session(session.key, now_s=NOW_S + IDLE_S) is None
    at_s = NOW_S
    while at_s < NOW_S + SESSION_S - 3_600:
        at_s += 3_600
        assert state.people.session(session.key, now_s=at_s) is not None
    assert state.people.session(session.key, now_s=NOW_S + SESSION_S) is None


def test_a_person_who_may_sign_in_no_more_is_out_at_once(state, ann):
    session = state.people.sign_in("ann", PASSWORD, now_s=NOW_S)
    state.people.change("ann", disabled=True, by="root", now_s=NOW_S + 1)
    assert state.people.session(session.key, now_s=NOW_S + 2) is None
    assert state.people.sign_in("ann", PASSWORD, now_s=NOW_S + 2) is None
    state.people.change("ann", disabled=False, role=Role.ADMIN, by="root", now_s=NOW_S + 3)
    assert state.people.sign_in("ann", PASSWORD, now_s=NOW_S + 4).person.role is Role.ADMIN
    assert [one.name for one in state.people.list()] == ["ann"]


def test_an_identity_of_a_provider(state):
    bob = state.people.add("bob", Role.VIEWER, identity="https://id.example|7", by="root", now_s=NOW_S)
    assert state.people.sign_in_by_identity("https://id.example|7", now_s=NOW_S).person == bob
    assert state.people.sign_in_by_identity("https://id.example|8", now_s=NOW_S) is None
    assert state.people.sign_in("bob", "", now_s=NOW_S) is None


def test_what_cannot_be_is_refused(state, ann):
    with pytest.raises(BadSetting, match="at least 12"):
        state.people.add("bob", Role.VIEWER, password="short", by="root", now_s=NOW_S)
    with pytest.raises(NotAsThingsStand, match="another name"):
        state.people.add("ann", Role.VIEWER, by="root", now_s=NOW_S)
    with pytest.raises(NoSuchRecord):
        state.people.change("eve", role=Role.ADMIN, by="root", now_s=NOW_S)
    assert Role.ADMIN.may(Role.ADMIN)
    assert not Role.VIEWER.may(Role.ANALYST)
