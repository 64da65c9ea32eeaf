import time
from pathlib import Path

import pytest

from excise.casework.decision import Changes, Effect, Kind, Lifted, Scope
from excise.casework.refusals import StateUnreachable
from excise.casework.state import State
from excise.casework.state.tokens import TokenScope
from excise.enforcement.caller import Caller
from excise.enforcement.desk import Desk
from excise.enforcement.table import DecisionTable
from excise.report.progress import now_s
from excise.service.refreshing import Refreshing
from excise.service.tokens import Gatekeeper


def effect(account: str, sequence: int) -> Effect:
    return Effect(
        scope=Scope.ACCOUNT,
        subject=account,
        simulated=False,
        decision=f"dec-{sequence:016x}",
        kind=Kind.BLOCK,
        starts_at_s=0.0,
        until_s=1e12,
        reason_code="x",
    )


class Effects:
    """A state's effects, as many pages as a test wants; ``busy`` makes it unreachable."""

    def __init__(self, page: int) -> None:
        self.log: list[tuple[int, str, bool]] = []
        self.page = page
        self.busy = False
        self.while_paging: list[tuple[str, bool]] = []

    def change(self, account: str, *, there: bool) -> None:
        self.log = [one for one in self.log if one[1] != account] + [(self.sequence() + 1, account, there)]

    def sequence(self) -> int:
        return max((one[0] for one in self.log), default=0)

    def since(self, sequence: int, **_: object) -> Changes:
        if self.busy:
            raise StateUnreachable("gone")
        whole = sequence <= 0
        rows = [one for one in sorted(self.log) if one[0] > max(sequence, 0) and (one[2] or not whole)][
            : self.page
        ]
        more = len(rows) == self.page
        found = Changes(
            sequence=rows[-1][0] if more else self.sequence(),
            whole=whole,
            effects=tuple(effect(name, number) for number, name, there in rows if there),
            lifted=tuple(
                Lifted(scope=Scope.ACCOUNT, subject=n, simulated=False) for _, n, there in rows if not there
            ),
            more=more,
        )
        while self.while_paging:
            name, there = self.while_paging.pop()
            self.change(name, there=there)
        return found


class FakeState:
    def __init__(self, page: int = 1000) -> None:
        self.effects = Effects(page)
        self.tokens = self

    def list(self) -> tuple[()]:
        return ()


def made(state) -> tuple[Refreshing, Desk]:
    desk = Desk(DecisionTable(seed=7), references=None, clock=now_s)
    return Refreshing(state, desk, Gatekeeper(now_s), clock=time.monotonic, every_s=0.01), desk


def blocked(desk: Desk, account: str) -> bool:
    return desk.decide(Caller(account=account)).refused


def eventually(what) -> None:
    until = time.monotonic() + 60
    while not what():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize("page", [1, 3, 1000])
def test_a_desk_follows_the_state_page_by_page(page: int) -> None:
    state = FakeState(page)
    for n in range(7):
        state.effects.change(f"a{n}", there=True)
    # What changes while the pages are read: one goes, one comes.
    state.effects.while_paging = [("a6", False), ("late", True)]
    refreshing, desk = made(state)
    refreshing.start()
    assert blocked(desk, "a0")
    eventually(lambda: blocked(desk, "late") and not blocked(desk, "a6"))
    state.effects.change("a0", there=False)
    eventually(lambda: not blocked(desk, "a0"))
    assert blocked(desk, "a1")
    refreshing.stop()


def test_while_the_state_is_gone_what_is_known_holds() -> None:
    state = FakeState()
    state.effects.change("ann", there=True)
    refreshing, desk = made(state)
    refreshing.start()
    state.effects.busy = True
    eventually(lambda: refreshing.failures > 2)
    assert blocked(desk, "ann")
    assert (refreshing.age_s() or 0) > 0
    state.effects.busy = False
    state.effects.change("bob", there=True)
    eventually(lambda: blocked(desk, "bob"))
    refreshing.stop()


def test_tokens_follow_a_real_state(tmp_path: Path) -> None:
    with State.open(tmp_path / "s.db", secret=bytes(32), now_s=now_s()) as state:
        desk = Desk(DecisionTable(seed=7), references=None, clock=now_s)
        gatekeeper = Gatekeeper(now_s)
        refreshing = Refreshing(state, desk, gatekeeper, clock=time.monotonic, every_s=0.01)
        refreshing.start()
        token = state.tokens.make("t", [TokenScope.READ], by="test", now_s=now_s())
        eventually(lambda: gatekeeper.whose({"x-api-key": token.text}.get) is not None)
        state.tokens.revoke(token.token.id, by="test", now_s=now_s())
        eventually(lambda: gatekeeper.whose({"x-api-key": token.text}.get) is None)
        refreshing.stop()
