"""The table follows the state; while the state is gone, what is known holds."""

import time

import pytest

from excise.casework.decision import Draft, Kind, Scope
from excise.casework.policy import shipped
from excise.casework.state import State
from excise.casework.state.tokens import TokenScope
from excise.enforcement.caller import Caller
from excise.enforcement.desk import Desk
from excise.enforcement.references import References
from excise.enforcement.table import DecisionTable
from excise.report.progress import now_s
from excise.service.refreshing import Refreshing
from excise.service.tokens import Gatekeeper


@pytest.fixture
def state(tmp_path):
    with State.open(tmp_path / "excise.db", secret=bytes(32), now_s=now_s()) as made:
        yield made


def _block(state, account):
    draft = Draft(
        kind=Kind.BLOCK,
        scope=Scope.ACCOUNT,
        subject=account,
        reason="x",
        reason_code="unauthorized_distillation",
        hours=5,
        act=True,
    )
    return state.decisions.propose(draft, policy=shipped(), by="bob", now_s=now_s())


def _until(what):
    end = time.monotonic() + 20
    while not what():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def test_a_block_a_token_and_an_undo_arrive_by_themselves(state):
    desk = Desk(DecisionTable(seed=1), references=References(bytes(64)), clock=now_s)
    gate = Gatekeeper(now_s)
    _block(state, "ann")
    following = Refreshing(state, desk, gate, clock=time.monotonic, every_s=0.02)
    assert following.age_s() is None
    following.start()
    try:
        assert desk.decide(Caller(account="ann")).action == "block"
        second = _block(state, "bob")
        _until(lambda: desk.decide(Caller(account="bob")).action == "block")
        state.tokens.make("gateway", [TokenScope.DECIDE], by="ann", now_s=now_s())
        _until(lambda: len(gate) == 1)
        state.decisions.undo(second.id, because="no", policy=shipped(), by="ann", now_s=now_s())
        _until(lambda: desk.decide(Caller(account="bob")).action == "allow")
        assert following.age_s() < 20
    finally:
        following.stop()
