"""Bodies that were mutated, on every endpoint: no answer of 5xx, and no growth.

A few hundred an endpoint here; ``benchmarks/abuse.py`` sends ten thousand with this same test (EXCISE_ABUSE
says how many, EXCISE_ABUSE_OUT where the outcome goes).
"""

import gzip
import json
import os
import time
from collections import Counter
from pathlib import Path

import httpx
import numpy as np
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

COUNT = int(os.environ.get("EXCISE_ABUSE", "150"))
OUT = os.environ.get("EXCISE_ABUSE_OUT")
MARK = b"[" * 3000 + b'{"a":' * 3000
SPECIAL = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b'"\\ud800"', b"NaN", b"Infinity", b"1e999", b"-0", b"9" * 400,
    b"null", b"true", b"[]", b"{}", b'""', b"\n", b"\r\n", b"\xe2\x80\xae", b'{"$ref":"#"}', b"%00", MARK,
)  # fmt: skip


def protobuf() -> bytes:
    request = ExportLogsServiceRequest()
    record = request.resource_logs.add().scope_logs.add().log_records.add()
    record.time_unix_nano = 1_759_708_800_000_000_000
    record.attributes.append(KeyValue(key="gen_ai.request.model", value=AnyValue(string_value="m")))
    return request.SerializeToString()


def seeds(sent) -> list[tuple[str, str, bytes, dict[str, str]]]:
    """A request that is well formed for each endpoint, in each of its ways."""
    caller = b'{"account": "acct_1", "address": "203.0.113.9", "end_user": "u", "model": "m"}'
    log = {
        "timeUnixNano": "1759708800000000000",
        "attributes": [{"key": "gen_ai.request.model", "value": {"stringValue": "m"}}],
    }
    otlp = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [log]}]}]}).encode()
    lines = sent("a") + b"\n" + sent("b")
    kind = "content-type"
    return [
        ("POST", "/v1/litellm", lines, {}),
        ("POST", "/v1/litellm", b"[" + sent("c") + b"," + sent("d") + b"]", {}),
        ("POST", "/v1/litellm", gzip.compress(lines), {"content-encoding": "gzip"}),
        *(("POST", f"/v1/exchanges?format={one}", lines, {}) for one in ("bedrock", "kong", "openai")),
        ("POST", "/v1/exchanges", lines, {}),
        ("POST", "/v1/logs", otlp, {kind: "application/json"}),
        ("POST", "/v1/logs", protobuf(), {kind: "application/x-protobuf"}),
        ("POST", "/v1/decide", caller, {}),
        ("POST", "/v1/charge", b'{"caller": ' + caller + b', "tokens": 7}', {}),
        ("POST", "/v1/forget", b'{"accounts": ["zz"]}', {}),
        ("POST", "/v1/appeals", b'{"reference": "apl-aaaa", "text": "why?"}', {}),
        ("POST", "/beta/litellm_basic_guardrail_api", b'{"texts": ["x"], "input_type": "request"}', {}),
        ("GET", "/v1/nginx", b"", {"x-forwarded-for": "203.0.113.9"}),
        ("POST", "/v1/envoy/v1/chat/completions", b"{}", {"authorization": "Bearer sk-x"}),
        ("GET", "/v1/effects?after=0&wait_s=0", b"", {}),
        ("GET", "/v1/decisions/stream?startup=true", b"", {}),
        ("GET", "/readyz", b"", {}),
        ("GET", "/openapi.json", b"", {}),
        ("GET", "/metrics", b"", {}),
    ]  # fmt: skip


def mutated(body: bytes, dice: np.random.Generator) -> bytes:
    """Change a body a little, or a lot: flips, cuts, repeats, and what parsers choke on."""
    data = bytearray(body)
    for _ in range(int(dice.integers(1, 5))):
        at = int(dice.integers(0, len(data) + 1))
        to = min(len(data), at + int(dice.integers(0, 40)))
        match int(dice.integers(0, 6)):
            case 0 if data:
                data[at % len(data)] ^= 1 << int(dice.integers(0, 8))
            case 1:
                del data[at:to]
            case 2:
                data[at:at] = data[at:to] * int(dice.integers(1, 20))
            case 3:
                data[at:to] = SPECIAL[int(dice.integers(0, len(SPECIAL)))]
            case 4:
                del data[at:]
            case _:
                data[at:at] = bytes(dice.integers(0, 256, 8, dtype=np.uint8))
    return bytes(data)


def resident_mib(pid: int) -> float:
    """The memory of a process and those that it started."""
    total, queue = 0.0, [pid]
    while queue:
        one = queue.pop()
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) / 1024
        queue += [int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
    return total


def test_no_mutated_body_makes_a_server_error_or_makes_it_grow(served, sent) -> None:
    service = served(settings="[limits]\nrequests_per_s = 1e9\n")
    dice = np.random.default_rng(7)
    statuses: Counter[tuple[str, int]] = Counter()
    kinds = seeds(sent)
    sizes: list[float] = []
    with httpx.Client(base_url=service.url, timeout=60) as client:
        for _ in range(4):
            for method, path, body, headers in kinds:
                for _ in range(max(1, COUNT // 4)):
                    changed = {name: value for name, value in headers.items() if dice.random() > 0.03}
                    url = (
                        path
                        if dice.random() > 0.05
                        else path + "?%s=%%ff&x" % ("a" * int(dice.integers(0, 99)))
                    )
                    answer = client.request(
                        method,
                        url,
                        content=mutated(body, dice),
                        headers={"x-excise-token": service.token, **changed},
                    )
                    place = path.partition("?")[0]
                    statuses[place, answer.status_code] += 1
                    assert answer.status_code < 500, (place, answer.status_code, answer.text[:200])
            time.sleep(1.0)
            sizes.append(resident_mib(service.process.pid))
    assert service.post("/v1/litellm", sent("after")).json()["accepted"] == 1
    assert not [line for line in service.lines() if line["level"] == "error"], service.said.read_text()[
        -2000:
    ]
    assert service.metric('excise_process_starts_total{process="capture"}') == 1
    if OUT:
        found = {f"{path} {status}": count for (path, status), count in sorted(statuses.items())}
        rows = {
            "bodies": sum(statuses.values()),
            "resident_mib": [round(one, 1) for one in sizes],
            "answers": found,
        }
        Path(OUT).write_text(json.dumps(rows))
    assert sizes[-1] < 1.25 * sizes[1] + 20, sizes


def test_schemathesis_finds_nothing(served) -> None:
    service = served(settings="[limits]\nrequests_per_s = 1e9\n")
    document = service.get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    schema.config.base_url = service.url
    found = 0

    for operation in schema.get_all_operations():
        api = operation.ok()
        if api.path == "/v1/effects":
            continue  # it waits for changes as long as it is asked to

        @settings(
            max_examples=25 if COUNT < 1000 else 300,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(case=api.as_strategy())
        def try_it(case) -> None:
            nonlocal found
            response = case.call(headers={"X-Excise-Token": service.token}, timeout=30)
            case.validate_response(response, checks=[not_a_server_error, response_schema_conformance])
            found += 1

        try_it()
    assert found >= 15 * 10
