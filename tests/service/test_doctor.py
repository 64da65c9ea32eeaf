"""A gateway is asked what its callers can hide: here one that can be told what to do.

``test_litellm_webhook`` asks a real one.
"""

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from excise.service.doctor import PROBES, GatewaySilent, Places, examine


class Gateway:
    """A gateway and the service behind it, in one: hides what it is told to hide."""

    def __init__(self) -> None:
        self.hides: set[str] = set()
        self.redacts = False
        self.refuses = False
        self.seen: dict[str, bool] = {}
        self.requests = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if self.path == "/v1/captured":
                    known = [
                        {"id": one, "captured": one in outer.seen, "words": outer.seen.get(one, False)}
                        for one in body["ids"]
                    ]
                    self.say(200, {"exchanges": known})
                    return
                outer.requests += 1
                if outer.refuses:
                    self.say(401, {})
                    return
                name = f"id-{outer.requests}"
                hidden = ("no-log" in body and "no-log" in outer.hides) or (
                    "x-litellm-disable-callbacks" in self.headers and "disable-callbacks" in outer.hides
                )
                if not hidden and "plain" not in outer.hides:
                    redacted = outer.redacts and "x-litellm-enable-message-redaction" in self.headers
                    outer.seen[name] = not redacted
                self.say(200, {"id": name})

            def do_GET(self) -> None:
                text = (
                    f"# TYPE litellm_proxy_total_requests_metric counter\n"
                    f"litellm_proxy_total_requests_metric_total {outer.requests}\n"
                    if self.path.endswith("/")
                    else f"# TYPE excise_records counter\nexcise_records_total {len(outer.seen)}\n"
                )
                self.send_response(200)
                self.end_headers()
                self.wfile.write(text.encode())

            def say(self, status: int, what: object) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(what).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    one = Gateway()
    yield one
    one.server.shutdown()
    one.server.server_close()


def places(gateway: Gateway) -> Places:
    return Places(gateway=gateway.url, gateway_key="k", model="m", service=gateway.url, token="t")


def hiding(gateway: Gateway) -> set[str]:
    found = examine(places(gateway), within_s=2.0, sleep=lambda _: None, nonce="x")
    return {one.probe.name for one in found.found if one.hides}


def test_a_gateway_that_hides_nothing_is_well(gateway: Gateway) -> None:
    assert hiding(gateway) == set()


@pytest.mark.parametrize("name", ["no-log", "disable-callbacks"])
def test_each_way_to_hide_is_found(gateway: Gateway, name: str) -> None:
    gateway.hides = {name}
    assert hiding(gateway) == {name}


def test_words_that_are_taken_out_are_noticed(gateway: Gateway) -> None:
    gateway.redacts = True
    assert hiding(gateway) == {"redaction"}


def test_a_gateway_that_sends_nothing_hides_everything(gateway: Gateway) -> None:
    gateway.hides = {"plain"}
    assert hiding(gateway) == {probe.name for probe in PROBES}


def test_counters_are_compared(gateway: Gateway) -> None:
    gateway.hides = {"no-log"}
    found = examine(places(gateway), within_s=1.0, sleep=lambda _: None, nonce="x")
    assert found.counted is not None
    assert (found.counted.requests, found.counted.records) == (4, 3)


def test_one_that_does_not_answer_is_said(gateway: Gateway) -> None:
    gateway.refuses = True
    with pytest.raises(GatewaySilent, match="401"):
        hiding(gateway)
    gateway.server.shutdown()
    gateway.server.server_close()
    with pytest.raises(GatewaySilent, match="running"):
        hiding(gateway)


def test_keys_are_not_shown(gateway: Gateway) -> None:
    assert "'t'" not in repr(places(gateway))
