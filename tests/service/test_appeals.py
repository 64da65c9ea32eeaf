"""Appeals: a reference from a refusal brings one to its case; everybody is answered alike."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from excise.casework.decision import Draft, Kind, Scope
from excise.casework.policy import shipped
from excise.casework.state import State
from excise.enforcement.references import References
from excise.service import appeals

NOW_S = 1_790_000_000.0
REFERENCES = References(bytes(64))


def asked(app, method, path, **more):
    async def ask():
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://excise.example") as client:
            return await client.request(method, path, **more)

    return asyncio.run(ask())


@pytest.fixture
def state(tmp_path):
    with State.open(tmp_path / "excise.db", secret=bytes(32), now_s=NOW_S) as made:
        yield made


@pytest.fixture
def app(state):
    endpoint = appeals.endpoint(state, REFERENCES, shipped, lambda: NOW_S)
    return Starlette(routes=[endpoint.route()])


def _blocked(state):
    draft = Draft(
        kind=Kind.BLOCK,
        scope=Scope.ACCOUNT,
        subject="ann",
        reason="x",
        reason_code="unauthorized_distillation",
        hours=5,
        act=True,
    )
    return state.decisions.propose(draft, policy=shipped(), by="bob", now_s=NOW_S)


def test_an_appeal_with_the_reference_is_kept_and_one_with_another_looks_the_same(state, app):
    decision = _blocked(state)
    reference = REFERENCES.make(decision.id, "ann")
    good = asked(app, "POST", "/v1/appeals", json={"reference": reference, "text": "We are a school."})
    bad = asked(app, "POST", "/v1/appeals", json={"reference": reference[:-2] + "00", "text": "Let me in."})
    assert (good.status_code, good.content) == (bad.status_code, bad.content)
    assert [one.text for one in state.appeals.open()] == ["We are a school."]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b"[" * 10_000, 400), (b"x" * 1_000_000, 413), (b"\xff", 400)],
)
def test_what_is_no_appeal_is_refused(app, body, status):
    assert asked(app, "POST", "/v1/appeals", content=body).status_code == status
