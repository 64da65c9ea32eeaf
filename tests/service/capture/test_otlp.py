import json

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

from excise.ingest.decoding import format_of
from excise.service.capture.bodies import Malformed
from excise.service.capture.delivery import Counts, Wire
from excise.service.capture.otlp import failure, records, reply


def text(value: str) -> AnyValue:
    return AnyValue(string_value=value)


def export(*, asked: str = "hello", user: str = "ann") -> ExportLogsServiceRequest:
    request = ExportLogsServiceRequest()
    about = request.resource_logs.add()
    about.resource.attributes.append(KeyValue(key="service.name", value=text("gateway")))
    record = about.scope_logs.add().log_records.add()
    record.time_unix_nano = 1_759_708_800_000_000_000
    record.trace_id, record.span_id = bytes(range(16)), bytes(range(8))
    part = KeyValueList(
        values=[KeyValue(key="type", value=text("text")), KeyValue(key="content", value=text(asked))]
    )
    said = KeyValueList(
        values=[
            KeyValue(key="role", value=text("user")),
            KeyValue(
                key="parts", value=AnyValue(array_value=ArrayValue(values=[AnyValue(kvlist_value=part)]))
            ),
        ]
    )
    for key, value in {
        "gen_ai.operation.name": text("chat"),
        "gen_ai.request.model": text("m"),
        "user.id": text(user),
        "gen_ai.usage.input_tokens": AnyValue(int_value=7),
        "gen_ai.request.temperature": AnyValue(double_value=0.5),
        "gen_ai.request.stream": AnyValue(bool_value=True),
        "gen_ai.input.messages": AnyValue(array_value=ArrayValue(values=[AnyValue(kvlist_value=said)])),
    }.items():
        record.attributes.append(KeyValue(key=key, value=value))
    return request


def test_protobuf_and_json_become_the_same_exchange() -> None:
    request = export()
    (line,) = records(request.SerializeToString(), Wire.OTLP_PROTOBUF)
    (again,) = records(line, Wire.OTLP_JSON)
    (exchange,) = format_of("otel_genai").exchanges(line)
    assert list(format_of("otel_genai").exchanges(again)) == [exchange]
    assert (exchange.user, exchange.model, exchange.tokens_in, exchange.stream) == ("ann", "m", 7, True)
    assert exchange.parameters.temperature == 0.5
    assert exchange.turns is not None
    assert [(turn.role, turn.text) for turn in exchange.turns] == [("user", "hello")]
    assert exchange.record_id == f"{bytes(range(16)).hex()}:{bytes(range(8)).hex()}"


@pytest.mark.parametrize("body", [b"\xff\xff", b"\x0a\x05ab"])
def test_what_is_no_export_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        list(records(body, Wire.OTLP_PROTOBUF))


@pytest.mark.parametrize(
    "body", [b"[1]", b"{", b'{"resourceLogs": 1}', b'{"resourceLogs": [1]}', b'{"a":' * 5000]
)
def test_what_is_no_json_export_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        list(records(body, Wire.OTLP_JSON))


def test_the_reply_says_how_many_were_rejected() -> None:
    well = ExportLogsServiceResponse.FromString(reply(Counts(accepted=3), Wire.OTLP_PROTOBUF, ""))
    assert not well.HasField("partial_success")
    part = ExportLogsServiceResponse.FromString(
        reply(Counts(accepted=3, rejected=2), Wire.OTLP_PROTOBUF, "no time")
    )
    assert (part.partial_success.rejected_log_records, part.partial_success.error_message) == (2, "no time")
    assert reply(Counts(accepted=3), Wire.OTLP_JSON, "") == b"{}"
    assert json.loads(reply(Counts(rejected=2), Wire.OTLP_JSON, "no time")) == {
        "partialSuccess": {"rejectedLogRecords": "2", "errorMessage": "no time"}
    }


def test_a_failure_is_a_status_of_google_rpc() -> None:
    # Field 1 is the code, field 2 the message: the wire is that of any message with these two.
    data = failure("x" * 300, Wire.OTLP_PROTOBUF, again=True)
    assert data[:2] == b"\x08\x0e"
    assert data[2:5] == b"\x12\xac\x02"
    assert data[5:] == b"x" * 300
    assert json.loads(failure("no", Wire.OTLP_JSON, again=False)) == {"code": 3, "message": "no"}
