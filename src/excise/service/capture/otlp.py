"""OpenTelemetry's logs over HTTP: an export becomes records, one a log record, and its reply is OTLP's.

A record is a line of OTLP JSON that holds one log record with its resource and scope, as the format
``otel_genai`` reads it, whether it arrived as protobuf or as JSON.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from excise.errors import NotInstalled
from excise.service.capture.bodies import Malformed
from excise.service.capture.delivery import Counts, Wire

if TYPE_CHECKING:
    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

_JSON = msgspec.json.Decoder(dict[str, object])
_INVALID_ARGUMENT, _UNAVAILABLE = 3, 14


def records(body: bytes, wire: Wire) -> Iterator[bytes]:
    """Yield the log records of an export request.

    Raises:
        Malformed: it is no ``ExportLogsServiceRequest``.
        NotInstalled: the package ``opentelemetry-proto`` is not there.
    """
    if wire is Wire.OTLP_PROTOBUF:
        return _of_protobuf(body)
    return _of_json(body)


def reply(counts: Counts, wire: Wire, reason: str) -> bytes:
    """Return the ``ExportLogsServiceResponse``: how many records were rejected, and why the first was."""
    if wire is Wire.OTLP_PROTOBUF:
        from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (  # noqa: PLC0415 - of the extra
            ExportLogsServiceResponse,
        )

        response = ExportLogsServiceResponse()
        if counts.rejected:
            response.partial_success.rejected_log_records = counts.rejected
            response.partial_success.error_message = reason
        return bytes(response.SerializeToString())
    if not counts.rejected:
        return b"{}"
    return msgspec.json.encode(
        {"partialSuccess": {"rejectedLogRecords": str(counts.rejected), "errorMessage": reason}}
    )


def failure(text: str, wire: Wire, *, again: bool) -> bytes:
    r"""Return the ``Status`` of a request that failed as a whole, as OTLP wants it: code and message.

    >>> failure("no", Wire.OTLP_PROTOBUF, again=False)
    b'\x08\x03\x12\x02no'
    """
    code = _UNAVAILABLE if again else _INVALID_ARGUMENT
    if wire is not Wire.OTLP_PROTOBUF:
        return msgspec.json.encode({"code": code, "message": text})
    said = text.encode()[:1000]
    return b"\x08" + bytes([code]) + b"\x12" + _varint(len(said)) + said


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(0x80 | number & 0x7F)
        number >>= 7
    out.append(number)
    return bytes(out)


def _of_json(body: bytes) -> Iterator[bytes]:
    try:
        request = _JSON.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Malformed(f"the body is no JSON object: {said}") from None
    for about in _list(request, "resourceLogs"):
        for scope in _list(about, "scopeLogs"):
            for one in _list(scope, "logRecords"):
                yield _line(about.get("resource"), scope.get("scope"), one)


def _list(holder: Mapping[str, object], name: str) -> Sequence[dict[str, object]]:
    found = holder.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Malformed(f"{name}: expected a list of objects")
    return found


def _line(resource: object, scope: object, record: object) -> bytes:
    return msgspec.json.encode(
        {"resourceLogs": [{"resource": resource, "scopeLogs": [{"scope": scope, "logRecords": [record]}]}]}
    )


def _of_protobuf(body: bytes) -> Iterator[bytes]:
    try:
        from google.protobuf.message import DecodeError  # noqa: PLC0415 - of the extra
        from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (  # noqa: PLC0415
            ExportLogsServiceRequest,
        )
    except ImportError:
        raise NotInstalled(
            "OTLP stands on the package opentelemetry-proto; pip install 'excise[serve]' brings it"
        ) from None
    try:
        request = ExportLogsServiceRequest.FromString(body)
    except DecodeError:
        raise Malformed("the body is no ExportLogsServiceRequest of OTLP") from None
    for about in request.resource_logs:
        resource = {"attributes": _attributes(about.resource.attributes)}
        for scope in about.scope_logs:
            said = {"name": scope.scope.name, "attributes": _attributes(scope.scope.attributes)}
            for one in scope.log_records:
                yield _line(resource, said, _record(one))


def _record(one: "LogRecord") -> Mapping[str, object]:
    found: dict[str, object] = {
        "timeUnixNano": str(one.time_unix_nano),
        "observedTimeUnixNano": str(one.observed_time_unix_nano),
        "attributes": _attributes(one.attributes),
    }
    if one.trace_id and one.span_id:
        found |= {"traceId": one.trace_id.hex(), "spanId": one.span_id.hex()}
    if one.event_name:
        found["eventName"] = one.event_name
    if one.HasField("body"):
        found["body"] = _value(one.body)
    return found


def _attributes(pairs: "Sequence[KeyValue]") -> list[object]:
    return [{"key": pair.key, "value": _value(pair.value)} for pair in pairs]


def _value(value: "AnyValue") -> Mapping[str, object]:
    kind = value.WhichOneof("value")
    if kind is None:
        return {}
    held = getattr(value, kind)
    match kind:
        case "int_value":
            held = str(held)
        case "array_value":
            held = {"values": [_value(one) for one in held.values]}
        case "kvlist_value":
            held = {"values": _attributes(held.values)}
        case "bytes_value":
            held = held.hex()
    return {_NAMES[kind]: held} if kind in _NAMES else {}


_NAMES = {
    "string_value": "stringValue",
    "bool_value": "boolValue",
    "int_value": "intValue",
    "double_value": "doubleValue",
    "array_value": "arrayValue",
    "kvlist_value": "kvlistValue",
    "bytes_value": "bytesValue",
}
