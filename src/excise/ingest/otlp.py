"""Records of OpenTelemetry, from the shapes that exporters write: attributes as one flat mapping, time, ids.

Read are OTLP JSON (``resourceSpans`` and ``resourceLogs``, as the collector's file exporter writes them), the
JSON of SDK console exporters, and plain lines whose keys are the attributes. Attributes of the resource, the
scope, the record and its events are merged, the record's own last.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from excise.errors import Unreadable
from excise.ingest.fields import first, mapping, parsed, sequence, text_at


class Event(Struct, frozen=True, gc=False):
    """A span's event: what it is called and its attributes."""

    name: str
    attributes: Mapping[str, object]


class Telemetry(Struct, frozen=True, gc=False):
    """A span or log record. Times are as the source wrote them; ``failed`` is the span's own status."""

    attributes: Mapping[str, object]
    events: tuple[Event, ...] = ()
    span: str | None = None
    started: object = None
    ended: object = None
    failed: bool = False
    trace_state: str | None = None


def telemetry(record: Mapping[str, object]) -> Iterator[Telemetry]:
    """Yield the spans and log records that one decoded line holds.

    Raises:
        Unreadable: a list of the envelope is none.

    >>> line = {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"timeUnixNano": "1759708800000000000",
    ...     "attributes": [{"key": "gen_ai.request.model", "value": {"stringValue": "m"}}]}]}]}]}
    >>> [(one.attributes, one.started) for one in telemetry(line)]
    [({'gen_ai.request.model': 'm'}, 1759708800000000000)]
    """
    for envelope, (scopes, records) in ENVELOPES.items():
        if envelope in record:
            yield from _batched(record, envelope, scopes, records)
            return
    yield _record(record, {})


def attributes_of(value: object) -> Mapping[str, object]:
    """Return attributes as a mapping: of OTLP's list of keys and typed values, or a mapping already.

    >>> attributes_of([{"key": "n", "value": {"intValue": "2"}}]), attributes_of({"n": 2})
    ({'n': 2}, {'n': 2})
    """
    if isinstance(value, list):
        return {
            pair["key"]: _plain(pair.get("value"))
            for pair in value
            if isinstance(pair, dict) and isinstance(pair.get("key"), str)
        }
    return mapping(value)


ENVELOPES = {
    "resourceSpans": ("scopeSpans", "spans"),
    "resource_spans": ("scope_spans", "spans"),
    "resourceLogs": ("scopeLogs", "logRecords"),
    "resource_logs": ("scope_logs", "log_records"),
}
"""The lists that OTLP JSON nests: the outermost, and the two within."""


def _batched(record: Mapping[str, object], envelope: str, scopes: str, records: str) -> Iterator[Telemetry]:
    for resource in _list(record, envelope, envelope):
        about = dict(attributes_of(mapping(mapping(resource).get("resource")).get("attributes")))
        for scope in _list(mapping(resource), scopes, f"{envelope}[].{scopes}"):
            for one in _list(mapping(scope), records, f"{envelope}[].{scopes}[].{records}"):
                yield _record(mapping(one), about)


def _list(holder: Mapping[str, object], name: str, place: str) -> list[object]:
    value = holder.get(name)
    if value is not None and not isinstance(value, list):
        raise Unreadable(f"{place}: expected a list, got {type(value).__name__}")
    return sequence(value)


def _record(record: Mapping[str, object], about: Mapping[str, object]) -> Telemetry:
    context = mapping(record.get("context"))
    resource = record.get("resource")
    merged = {**about, **attributes_of(mapping(parsed(resource)).get("attributes"))}
    own = record.get("attributes")
    merged.update(attributes_of(parsed(own)) if own is not None else record)
    body = record.get("body")
    # a log record's content may be its body: typed in OTLP, a mapping elsewhere, or JSON in a string
    merged.update(mapping(parsed(_plain(body) if isinstance(body, dict) and len(body) == 1 else body)))
    trace = text_at(record, "traceId", "trace_id") or text_at(context, "trace_id")
    span = text_at(record, "spanId", "span_id") or text_at(context, "span_id")
    status = record.get("status")
    code = status.get("code", status.get("status_code")) if isinstance(status, dict) else status
    return Telemetry(
        attributes=merged,
        events=tuple(
            Event(text_at(event, "name") or "", attributes_of(event.get("attributes")))
            for event in map(mapping, sequence(record.get("events")))
        ),
        span=f"{trace}:{span}" if trace and span else None,
        started=_time(record, _STARTED),
        ended=_time(record, _ENDED),
        failed=code in (2, "STATUS_CODE_ERROR", "ERROR", "Error"),
        trace_state=text_at(record, "traceState", "trace_state") or text_at(context, "trace_state"),
    )


_STARTED = (
    *("startTimeUnixNano", "start_time_unix_nano", "start_time", "startTime"),
    *("timeUnixNano", "time_unix_nano", "timestamp", "Timestamp", "time", "observedTimeUnixNano"),
)
_ENDED = ("endTimeUnixNano", "end_time_unix_nano", "end_time", "endTime")


def _time(record: Mapping[str, object], names: tuple[str, ...]) -> object:
    value = first(*(record.get(name) for name in names if record.get(name) not in (0, "0")))
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 20 else value


def _plain(value: object) -> object:
    """Return what a typed value of OTLP says."""
    if not isinstance(value, dict):
        return value
    for kind, inner in value.items():
        if kind == "intValue":
            return (
                int(inner)
                if isinstance(inner, str) and inner.removeprefix("-").isdecimal() and len(inner) < 20
                else inner
            )
        if kind in ("stringValue", "doubleValue", "boolValue", "bytesValue"):
            return inner
        if kind == "arrayValue":
            return [_plain(one) for one in sequence(mapping(inner).get("values"))]
        if kind == "kvlistValue":
            return dict(attributes_of(mapping(inner).get("values")))
    return value
