import asyncio
from pathlib import Path

import httpx
import pytest

from excise.casework.decision import Draft, Kind, Scope
from excise.casework.policy import shipped
from excise.casework.state import State
from excise.enforcement.references import References
from excise.report.progress import now_s
from excise.service import appeals


def asked(endpoint, body: bytes) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=endpoint.route().app)
        async with httpx.AsyncClient(transport=transport, base_url="http://excise.example") as client:
            return await client.post("/", content=body)

    return asyncio.run(ask())


class Recorder:
    """Stands where the state's appeals stand, and keeps what they were given."""

    def __init__(self) -> None:
        self.given: list[tuple[str, str, str | None]] = []
        self.appeals = self

    def receive(self, decision: str, text: str, *, contact: str | None, **_: object) -> None:
        self.given.append((decision, text, contact))


REFERENCES = References(bytes(range(64)))


def test_a_right_reference_is_passed_on_and_a_wrong_one_looks_the_same() -> None:
    state = Recorder()
    endpoint = appeals.endpoint(state, REFERENCES, shipped, now_s)  # type: ignore[arg-type]
    reference = REFERENCES.make("dec-0123456789abcdef", "ann")
    right = asked(endpoint, f'{{"reference": "{reference}", "text": "why?", "contact": "a@b"}}'.encode())
    wrong = asked(endpoint, b'{"reference": "apl-xxxx", "text": "why?"}')
    assert right.status_code == wrong.status_code == 202
    assert right.content == wrong.content
    assert state.given == [("dec-0123456789abcdef", "why?", "a@b")]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'{"text": "x"}', 400),
        (b"x" * 40_000, 413),
        (b'{"a":' * 5000, 400),
        (b'{"reference":"r","text":"t","z":1}', 400),
    ],
)
def test_what_is_no_appeal_is_refused(body: bytes, status: int) -> None:
    assert asked(appeals.endpoint(Recorder(), REFERENCES, shipped, now_s), body).status_code == status  # type: ignore[arg-type]


def test_an_appeal_stands_in_the_state(tmp_path: Path) -> None:
    with State.open(tmp_path / "s.db", secret=bytes(32), now_s=1.0) as state:
        draft = Draft(
            kind=Kind.BLOCK,
            scope=Scope.ACCOUNT,
            subject="ann",
            reason="r",
            reason_code="x",
            hours=9.0,
            act=True,
        )
        decision = state.decisions.propose(draft, policy=shipped(), by="test", now_s=2.0)
        endpoint = appeals.endpoint(state, REFERENCES, shipped, lambda: 3.0)
        reference = REFERENCES.make(decision.id, "ann")
        assert (
            asked(endpoint, f'{{"reference": "{reference}", "text": "why me?"}}'.encode()).status_code == 202
        )
        (appeal,) = state.appeals.open()
        assert (appeal.decision, appeal.text) == (decision.id, "why me?")
