"""The addresses of capture: tests/service/test_running.py asks them over a real connection as well."""

import asyncio

import httpx
import pytest
from msgspec.structs import replace

from excise.service.capture.client import Busy
from excise.service.capture.delivery import Counts, Delivery, Reply, Wire
from excise.service.capture.endpoints import endpoints


class Taking:
    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.busy: Busy | None = None

    async def deliver(self, delivery: Delivery) -> Reply:
        if self.busy is not None:
            raise self.busy
        self.deliveries.append(replace(delivery, number=0))
        return Reply(0, 200, b"{}", Counts())


@pytest.fixture
def taking() -> Taking:
    return Taking()


def asked(taking: Taking, path: str, body: bytes = b"{}", **headers: str) -> httpx.Response:
    app = next(one for one in endpoints(taking) if one.path == path.partition("?")[0]).route().app  # type: ignore[arg-type]

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://excise.example") as client:
            return await client.post(
                path, content=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
            )

    return asyncio.run(ask())


def test_where_records_come_from_is_said_by_path_query_or_header(taking: Taking) -> None:
    asked(taking, "/v1/litellm")
    asked(taking, "/v1/exchanges?format=kong&source=eu")
    asked(taking, "/v1/exchanges", x_excise_format="kong", x_excise_source="us", content_encoding="gzip")
    asked(taking, "/v1/exchanges")
    asked(taking, "/v1/logs", content_type="application/json")
    asked(taking, "/v1/logs", content_type="application/x-protobuf", content_encoding="gzip")
    assert [(one.wire, one.format_name, one.source, one.packing) for one in taking.deliveries] == [
        (Wire.RECORDS, "litellm", "litellm", ""),
        (Wire.RECORDS, "kong", "eu", ""),
        (Wire.RECORDS, "kong", "us", "gzip"),
        (Wire.RECORDS, "", "", ""),
        (Wire.OTLP_JSON, "otel_genai", "otel_genai", ""),
        (Wire.OTLP_PROTOBUF, "otel_genai", "otel_genai", "gzip"),
    ]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/v1/exchanges?format=nope", {}, 400),
        (f"/v1/exchanges?format=kong&source={'x' * 101}", {}, 400),
        ("/v1/litellm", {"content_encoding": "br"}, 415),
        ("/v1/logs", {"content_type": "text/plain"}, 415),
        ("/v1/logs", {"content_type": "application/json", "content_encoding": "br"}, 415),
    ],
)
def test_what_is_not_taken_says_why(taking: Taking, path: str, headers: dict[str, str], status: int) -> None:
    answer = asked(taking, path, **headers)
    assert answer.status_code == status
    assert answer.json()
    assert taking.deliveries == []


@pytest.mark.parametrize("overload", [True, False])
def test_who_is_refused_is_told_when_to_try_again(taking: Taking, *, overload: bool) -> None:
    taking.busy = Busy("no", retry_after_s=7.0, overload=overload)
    for path, kind in (("/v1/litellm", "application/json"), ("/v1/logs", "application/x-protobuf")):
        answer = asked(taking, path, content_type=kind)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
        assert answer.headers["content-type"] == kind
