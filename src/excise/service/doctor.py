"""What a running gateway lets its callers hide, asked of the gateway itself.

Each probe is a tiny request that a caller could send, with one of the switches that gateways give callers to
turn logging off. Whether it was captured, and with its words, the service says.
"""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from excise.errors import ExciseError, NotInstalled
from excise.service.capture.work import Captured

if TYPE_CHECKING:
    import httpx

_PLAIN = "plain"
_LOOK_S = 1.0
_COUNTERS = ("litellm_proxy_total_requests_metric_total", "vllm:request_success_total")
"""Counters of requests that gateways show to Prometheus."""


class GatewaySilent(ExciseError):
    """A gateway, or the service, does not answer as it should."""


class Probe(Struct, frozen=True, kw_only=True):
    """A request that a caller could send.

    ``says`` is what it means when it is not captured, ``fix`` the setting that ends it.
    """

    name: str
    says: str
    fix: str
    body: dict[str, object] = {}
    headers: dict[str, str] = {}


PROBES = (
    Probe(
        name=_PLAIN,
        says="an ordinary request is not captured at all",
        fix="see docs/serve.md: the gateway has to send what it logs",
    ),
    Probe(
        name="no-log",
        says="a caller who sends no-log is not captured",
        fix="LiteLLM: litellm_settings: global_disable_no_log_param: true",
        body={"no-log": True},
    ),
    Probe(
        name="disable-callbacks",
        says="a caller who names callbacks in x-litellm-disable-callbacks is not captured",
        fix="LiteLLM: litellm_settings: allow_dynamic_callback_disabling: false",
        headers={"x-litellm-disable-callbacks": "excise,generic_api"},
    ),
    Probe(
        name="redaction",
        says="a caller can have the words taken out",
        fix="LiteLLM: let the proxy in front of it take x-litellm-enable-message-redaction out",
        headers={"x-litellm-enable-message-redaction": "true"},
    ),
)


class Found(Struct, frozen=True, kw_only=True):
    """What became of one probe. ``answered`` is the status that the gateway gave."""

    probe: Probe
    answered: int
    captured: bool
    words: bool

    @property
    def hides(self) -> bool:
        """Whether a caller can hide this way: it was answered, and not captured whole."""
        return self.answered == 200 and not (self.captured and self.words)


class Counted(Struct, frozen=True, kw_only=True):
    """Requests by the gateway's own counter, and records that the service took, over the same while."""

    counter: str
    requests: float
    records: float


class Examined(Struct, frozen=True, kw_only=True):
    """What an examination found; ``counted`` is None where the gateway shows no counter that is known."""

    found: tuple[Found, ...]
    counted: Counted | None


class Places(Struct, frozen=True, kw_only=True):
    """Where the gateway and the service are, and with what they are asked.

    ``source`` is what the gateway's record ids are unique within, as capture names it.
    """

    gateway: str
    gateway_key: str
    model: str
    service: str
    token: str
    source: str = "litellm"

    def __repr__(self) -> str:
        return f"Places({self.gateway!r}, {self.service!r})"


def examine(
    places: Places,
    *,
    within_s: float = 90.0,
    sleep: Callable[[float], None] = time.sleep,
    nonce: str,
    probes: Iterable[Probe] = PROBES,
) -> Examined:
    """Send the probes through a gateway, and ask the service what it saw of them.

    Args:
        places: where to.
        within_s: how long the gateway may take to send what it logs.
        sleep: waits so many seconds.
        nonce: makes the questions new, so that no cache answers.
        probes: what to send.

    Raises:
        GatewaySilent: the gateway or the service does not answer as it should.
        NotInstalled: httpx is not there.
    """
    try:
        import httpx  # noqa: PLC0415 - of the extra
    except ImportError:
        raise NotInstalled(
            "asking a gateway stands on the package httpx; pip install httpx brings it"
        ) from None
    with httpx.Client(timeout=60.0, trust_env=False) as client:
        before = _counts(client, places)
        sent = [(probe, *_sent(client, places, probe, nonce)) for probe in probes]
        ids = [name for _, _, name in sent if name]
        looked_s = 0.0
        known = _known(client, places, ids)
        while looked_s < within_s and not all(known.get(name, (False, False))[0] for name in ids):
            sleep(_LOOK_S)
            looked_s += _LOOK_S
            known = _known(client, places, ids)
        after = _counts(client, places)
    found = tuple(
        Found(
            probe=probe,
            answered=status,
            captured=known.get(name, (False, False))[0],
            words=known.get(name, (False, False))[1],
        )
        for probe, status, name in sent
    )
    counted = None
    if before and after:
        name = next(iter(before[0]))
        counted = Counted(
            counter=name, requests=after[0].get(name, 0.0) - before[0][name], records=after[1] - before[1]
        )
    return Examined(found=found, counted=counted)


class _Replied(Struct):
    id: str = ""


def _sent(client: "httpx.Client", places: Places, probe: Probe, nonce: str) -> tuple[int, str]:
    """Send a probe; return the status, and the id of the reply."""
    body: dict[str, object] = {
        "model": places.model,
        "messages": [{"role": "user", "content": f"Say ok. {probe.name} {nonce}"}],
        "max_tokens": 5,
    }
    headers = {"authorization": f"Bearer {places.gateway_key}", **probe.headers}
    answer = _asked(
        client,
        "POST",
        f"{places.gateway}/v1/chat/completions",
        headers,
        msgspec.json.encode(body | probe.body),
    )
    if answer.status_code != 200:
        if probe.name == _PLAIN:
            raise GatewaySilent(
                f"{places.gateway} answers {answer.status_code} to an ordinary request; is the key right, "
                f"and is there a model {places.model!r}?"
            )
        return answer.status_code, ""
    try:
        return 200, msgspec.json.decode(answer.content, type=_Replied).id
    except msgspec.DecodeError:
        raise GatewaySilent(f"{places.gateway} answers with something else than a completion") from None


def _known(client: "httpx.Client", places: Places, ids: list[str]) -> dict[str, tuple[bool, bool]]:
    body = msgspec.json.encode({"source": places.source, "ids": ids})
    answer = _asked(client, "POST", f"{places.service}/v1/captured", {"x-excise-token": places.token}, body)
    if answer.status_code != 200:
        raise GatewaySilent(
            f"{places.service} answers {answer.status_code}; the token needs the scope read, and the service "
            "has to be running"
        )
    captured = msgspec.json.decode(answer.content, type=Captured)
    return {one.id: (one.captured, one.words) for one in captured.exchanges}


def _counts(client: "httpx.Client", places: Places) -> tuple[dict[str, float], float] | None:
    """Return the gateway's counter of requests and the service's of records, None where one is not shown."""
    gateway = _metrics(
        client, f"{places.gateway}/metrics/", {"authorization": f"Bearer {places.gateway_key}"}
    )
    service = _metrics(client, f"{places.service}/metrics", {"x-excise-token": places.token})
    shown = {name: gateway[name] for name in _COUNTERS if name in gateway}
    records = sum(value for name, value in service.items() if name == "excise_records_total")
    return (shown, records) if shown else None


def _metrics(client: "httpx.Client", url: str, headers: dict[str, str]) -> dict[str, float]:
    from prometheus_client.parser import text_string_to_metric_families  # noqa: PLC0415 - of the extra

    answer = _asked(client, "GET", url, headers, None)
    found: dict[str, float] = {}
    if answer.status_code == 200:
        try:
            for family in text_string_to_metric_families(answer.text):
                for sample in family.samples:
                    found[sample.name] = found.get(sample.name, 0.0) + sample.value
        except ValueError:
            return {}
    return found


def _asked(
    client: "httpx.Client", method: str, url: str, headers: dict[str, str], body: bytes | None
) -> "httpx.Response":
    import httpx  # noqa: PLC0415 - of the extra

    try:
        return client.request(
            method, url, content=body, headers={"content-type": "application/json", **headers}
        )
    except httpx.HTTPError as error:
        raise GatewaySilent(f"{url}: {type(error).__name__}; is it running there?") from None
