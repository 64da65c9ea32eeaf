import pytest

from excise.casework.refusals import NoSuchRecord
from excise.casework.state.tokens import TokenScope, among
from excise.errors import BadSetting

NOW_S = 1_790_000_000.0


def test_a_token_is_good_for_its_scopes_until_it_is_revoked(state):
    made = state.tokens.make("gateway", [TokenScope.DECIDE, TokenScope.CAPTURE], by="ann", now_s=NOW_S)
    found = state.tokens.check(made.text, now_s=NOW_S)
    assert found == made.token
    assert found.scopes == (TokenScope.CAPTURE, TokenScope.DECIDE)
    state.tokens.revoke(found.id, by="ann", now_s=NOW_S + 1)
    assert state.tokens.check(made.text, now_s=NOW_S + 2) is None
    with pytest.raises(NoSuchRecord):
        state.tokens.revoke(found.id, by="ann", now_s=NOW_S + 3)


def test_it_ends_by_itself(state):
    made = state.tokens.make("g", [TokenScope.READ], until_s=NOW_S + 9, by="ann", now_s=NOW_S)
    assert state.tokens.check(made.text, now_s=NOW_S + 8)
    assert state.tokens.check(made.text, now_s=NOW_S + 9) is None


def test_nothing_else_is_one(state):
    made = state.tokens.make("g", [TokenScope.READ], by="ann", now_s=NOW_S)
    other = state.tokens.make("h", [TokenScope.READ], by="ann", now_s=NOW_S)
    mixed = made.text[:16] + other.text[16:]
    for text in ("", made.text[:-1], made.text + "x", made.text.upper(), mixed, "\ud800", "x" * 1_000_000):
        assert state.tokens.check(text, now_s=NOW_S) is None
    assert among(made.text, state.tokens.list(), now_s=NOW_S) == made.token
    assert among(mixed, state.tokens.list(), now_s=NOW_S) is None


def test_it_is_kept_nowhere_and_not_shown(state):
    made = state.tokens.make("g", [TokenScope.READ], by="ann", now_s=NOW_S)
    with state.database.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM tokens").all())
        rows += str(connection.exec_driver_sql("SELECT * FROM ledger").all())
    secret = made.text.split("_", 2)[2]
    assert secret not in rows
    assert secret not in repr(made)
    assert made.token.digest not in repr(made)


def test_one_for_nothing_is_refused(state):
    with pytest.raises(BadSetting, match="needs a scope: capture"):
        state.tokens.make("g", [], by="ann", now_s=NOW_S)
