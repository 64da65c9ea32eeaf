"""Tokens: known by their hash, until they are revoked or over, and good for their scopes alone."""

import pytest

from excise.casework.state import State
from excise.casework.state.tokens import TokenScope
from excise.service.tokens import Gatekeeper, allows

NOW_S = 1_790_000_000.0


@pytest.fixture
def state(tmp_path):
    with State.open(tmp_path / "excise.db", secret=bytes(32), now_s=NOW_S) as made:
        yield made


def test_a_token_lives_until_it_is_revoked(state):
    made = state.tokens.make("gateway", [TokenScope.DECIDE], by="ann", now_s=NOW_S)
    gate = Gatekeeper(lambda: NOW_S + 1)
    gate.know(state.tokens.list())
    header = {"authorization": f"Bearer {made.text}"}.get
    found = gate.whose(header)
    assert allows(found, "decide")
    assert not allows(found, "act")
    assert made.text not in repr(found)
    state.tokens.revoke(found.id, by="ann", now_s=NOW_S + 2)
    gate.know(state.tokens.list())
    assert gate.whose(header) is None


@pytest.mark.parametrize("shown", ["", "excise_", "excise_00000000_x", "x" * 10_000, "\u0000"])
def test_what_is_no_token_is_nobodys(state, shown):
    state.tokens.make("gateway", [TokenScope.DECIDE], by="ann", now_s=NOW_S)
    gate = Gatekeeper(lambda: NOW_S)
    gate.know(state.tokens.list())
    assert gate.whose({"x-excise-token": shown}.get) is None
