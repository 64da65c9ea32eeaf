"""The whole route table, in front of every handler that there is: who may, how much, how fast."""

import asyncio
import time
from collections.abc import Iterator

import httpx
import pytest

from excise.casework.state.tokens import TokenScope
from excise.enforcement.gateways import Endpoint
from excise.enforcement.raw import body_of, send_body
from excise.errors import BadSetting
from excise.report.progress import now_s
from excise.service.folder import Folder
from excise.service.guard import Guard
from excise.service.logs import Lines
from excise.service.metrics import Metrics
from excise.service.running import Service, Where
from excise.service.settings import Limits
from excise.service.tokens import Gatekeeper

SCOPES = tuple(TokenScope)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = Folder(tmp_path_factory.mktemp("service") / "data")
    folder.begin(now_s=now_s(), passphrase="a passphrase of a test")
    one = Service(folder, settings_file=None, database=None, where=Where(), clock=now_s)
    yield one
    one.state.close()


@pytest.fixture(scope="module")
def tokens(service: Service) -> dict[str, str]:
    """A token for each scope alone."""
    made = {
        scope.value: service.state.tokens.make(scope.value, [scope], by="test", now_s=now_s()).text
        for scope in SCOPES
    }
    service._gatekeeper.know(service.state.tokens.list())
    return made


def asked(app, method: str, path: str, **more: object) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://excise.example") as client:
            return await client.request(method, path, **more)

    return asyncio.run(ask())


def test_a_token_without_the_scope_gets_403_everywhere(service: Service, tokens: dict[str, str]) -> None:
    looked_at = 0
    for endpoint in service.guard.endpoints:
        path = endpoint.path.replace("{path:path}", "x")
        for method in endpoint.methods or ("GET", "POST", "DELETE"):
            if endpoint.scope == "open":
                continue
            looked_at += 1
            assert asked(service.guard, method, path).status_code == 401, endpoint
            for scope, token in tokens.items():
                if scope == endpoint.scope:
                    continue
                for headers in (
                    {"authorization": f"Bearer {token}"},
                    {"x-excise-token": token},
                    {"x-api-key": token},
                ):
                    answer = asked(service.guard, method, path, headers=headers)
                    assert answer.status_code == 403, (endpoint, scope)
                    assert answer.headers["content-type"] == "application/json" or method == "HEAD"
            service.guard._rates._full_at.clear()
    assert looked_at >= 10


def test_only_these_endpoints_are_open(service: Service) -> None:
    opened = {endpoint.path for endpoint in service.guard.endpoints if endpoint.scope == "open"}
    assert opened == {"/", "/healthz", "/readyz", "/openapi.json", "/v1/appeals"}


def test_a_revoked_token_is_no_token(service: Service, tokens: dict[str, str]) -> None:
    made = service.state.tokens.make("x", [TokenScope.READ], by="test", now_s=now_s())
    service._gatekeeper.know(service.state.tokens.list())
    headers = {"authorization": f"Bearer {made.text}"}
    assert asked(service.guard, "GET", "/metrics", headers=headers).status_code == 200
    service.state.tokens.revoke(made.token.id, by="test", now_s=now_s())
    service._gatekeeper.know(service.state.tokens.list())
    assert asked(service.guard, "GET", "/metrics", headers=headers).status_code == 401
    assert asked(service.guard, "GET", "/metrics", headers={"x-api-key": tokens["read"]}).status_code == 200


class Echo:
    async def __call__(self, _scope, receive, send) -> None:
        await send_body(send, 200, await body_of(receive, most_bytes=2**40))


class Failing:
    async def __call__(self, *_: object) -> None:
        raise RuntimeError("the words of a customer")


def guarded(**limits: float) -> Guard:
    endpoints = (
        Endpoint(path="/echo", methods=("POST",), scope="open", handler=Echo()),
        Endpoint(path="/fails", methods=("GET",), scope="open", handler=Failing()),
        Endpoint(path="/in/{name}", methods=("GET",), scope="open", handler=Echo()),
    )
    return Guard(
        endpoints,
        gatekeeper=Gatekeeper(now_s),
        metrics=Metrics(()),
        limits=Limits(**limits),  # type: ignore[arg-type]
        clock=time.monotonic,
    )


def test_what_is_not_there_says_so() -> None:
    guard = guarded()
    assert asked(guard, "GET", "/nowhere").status_code == 404
    answer = asked(guard, "GET", "/echo")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert asked(guard, "GET", "/in/x").status_code == 200
    assert asked(guard, "GET", "/in/x/y").status_code == 404


def test_a_body_that_is_too_long_is_refused_with_and_without_its_length() -> None:
    guard = guarded(body_bytes=100)
    assert asked(guard, "POST", "/echo", content=b"x" * 100).content == b"x" * 100
    assert asked(guard, "POST", "/echo", content=b"x" * 101).status_code == 413

    async def pieces():
        for _ in range(11):
            yield b"x" * 10

    assert asked(guard, "POST", "/echo", content=pieces()).status_code == 413


def test_a_body_that_dawdles_is_refused() -> None:
    async def ask() -> tuple[int, float]:
        began = time.monotonic()
        status: list[int] = []
        parts = [{"type": "http.request", "body": b"x", "more_body": True}]

        async def receive():
            if parts:
                return parts.pop()
            await asyncio.sleep(30)
            return {"type": "http.disconnect"}

        async def send(message) -> None:
            if message["type"] == "http.response.start":
                status.append(message["status"])

        scope = {"type": "http", "method": "POST", "path": "/echo", "headers": [], "query_string": b""}
        await guarded(body_s=0.2)(scope, receive, send)
        return status[0], time.monotonic() - began

    status, took_s = asyncio.run(ask())
    assert status == 408
    assert took_s < 5


def test_who_goes_away_in_the_middle_is_no_error() -> None:
    async def ask() -> list[object]:
        messages = [
            {"type": "http.disconnect"},
            {"type": "http.request", "body": b"x", "more_body": True},
        ]
        sent: list[object] = []

        async def receive():
            return messages.pop()

        async def send(message) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/echo", "headers": [], "query_string": b""}
        await guarded()(scope, receive, send)
        return sent

    assert asyncio.run(ask()) == []


def test_an_error_is_answered_and_written_down_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    answer = asked(guarded(), "GET", "/fails")
    assert answer.status_code == 500
    assert "words" not in answer.text
    lines = [Lines(now_s).format(record) for record in caplog.records]
    assert any("RuntimeError" in line for line in lines)
    assert not any("words of a customer" in line for line in lines)


def test_more_than_a_rate_is_told_when_to_try_again(service: Service, tokens: dict[str, str]) -> None:
    before = service.guard.limits
    service.guard.limits = Limits(requests_per_s=5.0)
    headers = {"authorization": f"Bearer {tokens['read']}"}
    answers = [asked(service.guard, "GET", "/metrics", headers=headers) for _ in range(8)]
    service.guard.limits = before
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)


def test_guesses_of_tokens_are_slowed_down(service: Service) -> None:
    statuses = [
        asked(service.guard, "GET", "/metrics", headers={"x-api-key": f"guess {n}"}).status_code
        for n in range(80)
    ]
    service.guard._rates._full_at.clear()
    assert statuses[0] == 401
    assert 429 in statuses


def test_two_endpoints_at_one_place_are_refused() -> None:
    twice = Endpoint(path="/x", methods=("GET",), scope="open", handler=Echo())
    with pytest.raises(BadSetting, match="two endpoints"):
        Guard(
            (twice, twice),
            gatekeeper=Gatekeeper(now_s),
            metrics=Metrics(()),
            limits=Limits(),
            clock=time.monotonic,
        )


def test_metrics_count_what_was_answered(service: Service, tokens: dict[str, str]) -> None:
    headers = {"x-api-key": tokens["read"]}
    asked(service.guard, "GET", "/metrics", headers=headers)
    text = asked(service.guard, "GET", "/metrics", headers=headers).text
    assert 'excise_requests_total{endpoint="/metrics",status="200"}' in text
    assert 'excise_request_seconds_bucket{endpoint="/metrics",le="+Inf"}' in text
