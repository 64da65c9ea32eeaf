"""What every member of ``ingest/formats`` must do, ours and other people's.

A member brings a golden log, ``tests/ingest/logs/<name>.jsonl``, and what it decodes to,
``tests/ingest/logs/expected/<name>.jsonl``.
"""

import copy
import pickle
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from excise.errors import Unreadable
from excise.ingest.chunks import Chunk
from excise.ingest.decoding import decode, format_of
from excise.ingest.exchange import ACCOUNT_FIELDS, Exchange
from excise.ingest.formats import Format
from excise.open_folder import members

LOGS = Path(__file__).parents[1] / "logs"
NAMES = sorted(members("excise.ingest.formats", Format))
SECRETS = (b"sk-live-0123456789abcdefghij", b"Bearer ", b"a=b")


def lines_of(name: str) -> list[bytes]:
    return (LOGS / f"{name}.jsonl").read_bytes().splitlines()


def paths(value: object, so_far: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a JSON value, but those inside the words themselves."""
    if so_far:
        yield so_far
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*so_far, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value[:2]):
            yield from paths(inner, (*so_far, index))


def changed(record: object, path: tuple[str | int, ...], value: object) -> bytes:
    """A record with one place set to another value, or taken out (``...``)."""
    record = copy.deepcopy(record)
    holder = record
    for step in path[:-1]:
        holder = holder[step]  # type: ignore[index]
    if value is ...:
        del holder[path[-1]]  # type: ignore[attr-defined]
    else:
        holder[path[-1]] = value  # type: ignore[index]
    return msgspec.json.encode(record)


def decoded(name: str, line: bytes) -> list[Exchange] | str:
    """The exchanges of a line, or why it is refused. Any other error than Unreadable fails the test."""
    result = decode(Chunk(file="log", data=line + b"\n"), name)
    assert result.lines == result.read + result.skipped + len(result.rejects)
    return result.rejects[0].reason if result.rejects else result.exchanges


@pytest.mark.parametrize("name", NAMES)
def test_golden_log_decodes_to_what_is_expected(name: str) -> None:
    result = decode(Chunk(file="log", data=b"\n".join(lines_of(name))), name)
    assert not result.rejects
    expected = (LOGS / "expected" / f"{name}.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(msgspec.json.encode(e)) for e in result.exchanges] == [
        msgspec.json.decode(line) for line in expected
    ]


@pytest.mark.parametrize("name", NAMES)
def test_recognizes_its_own_golden_log_and_no_other(name: str) -> None:
    member = format_of(name)
    for other in NAMES:
        records = [msgspec.json.decode(line) for line in lines_of(other)]
        assert [member.recognizes(record) for record in records] == [name == other] * len(records), other


@pytest.mark.parametrize("name", NAMES)
def test_recognizes_survives_any_object(name: str) -> None:
    member = format_of(name)
    assert not member.recognizes({})
    for line in lines_of(name):
        record = msgspec.json.decode(line)
        for path in paths(record):
            for value in (5, [], {}, [[]], None, "x", [5]):
                member.recognizes(msgspec.json.decode(changed(record, path, value)))


@pytest.mark.parametrize("name", NAMES)
def test_account_field_is_a_field(name: str) -> None:
    assert format_of(name).account_field in ACCOUNT_FIELDS


@pytest.mark.parametrize("name", NAMES)
def test_any_field_may_be_missing_but_the_time(name: str) -> None:
    refused = set()
    for line in lines_of(name):
        record = msgspec.json.decode(line)
        for path in paths(record):
            result = decoded(name, changed(record, path, ...))
            if isinstance(result, str):
                refused.add(result)
    # without a time an exchange has no place; an empty pair of bodies is nothing
    assert all("missing" in reason for reason in refused), refused


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [{"a": 1}, ["x", ["y"]], 5, -1, "x", True, 1e300, "😀\x00", []])
def test_wrong_types_are_refused_by_the_name_of_the_field_or_passed_over(name: str, value: object) -> None:
    for line in lines_of(name):
        record = msgspec.json.decode(line)
        for path in paths(record):
            result = decoded(name, changed(record, path, value))
            if isinstance(result, str):
                assert ": " in result
                assert not result.startswith("record: "), (path, result)


START_FIELDS = {
    "bedrock": "timestamp",
    "kong": "started_at",
    "langfuse": "startTime",
    "litellm": "startTime",
    "openai": "timestamp",
    "otel_genai": "startTimeUnixNano",
}


@pytest.mark.parametrize("name", sorted(START_FIELDS))
def test_a_wrong_type_of_the_start_time_names_it(name: str) -> None:
    first = {"otel_genai": -1}.get(name, 0)
    record = msgspec.json.decode(lines_of(name)[first])
    place = {"otel_genai": "timestamp"}.get(name, START_FIELDS[name])
    reason = decoded(name, changed(record, (place,), "yesterday"))
    assert reason == f"{START_FIELDS[name]}: 'yesterday' is no time; ISO 8601 and epoch numbers are read"


@pytest.mark.parametrize("name", NAMES)
def test_no_credential_enters_an_exchange(name: str) -> None:
    for line in lines_of(name):
        for exchange in decode(Chunk(file="log", data=line), name).exchanges:
            held = msgspec.json.encode(exchange)
            assert not [secret for secret in SECRETS if secret in held]


@pytest.mark.parametrize("name", NAMES)
def test_exchanges_travel_between_processes(name: str) -> None:
    chunk = Chunk(file="log", data=b"\n".join(lines_of(name)))
    assert pickle.loads(pickle.dumps(decode(pickle.loads(pickle.dumps(chunk)), name))) == decode(chunk, name)


@pytest.mark.parametrize("name", NAMES)
def test_nesting_without_end_is_refused(name: str) -> None:
    for depth in (200, 400, 900, 2_000, 100_000):
        for opened, closed in (
            (b'{"content":', b"}"),
            (b"[", b"]"),
            (b'{"type":"tool_result","content":[', b"]}"),
        ):
            deep = opened * depth + b"1" + closed * depth
            for line in lines_of(name):
                head, _, _ = line.rpartition(b"}")
                for field in (
                    b"metadata",
                    b"response",
                    b"request",
                    b"input",
                    b"output",
                    b"ai",
                    b"resourceSpans",
                    b"body",
                ):
                    result = decode(
                        Chunk(file="log", data=head + b',"' + field + b'":' + deep + b"}\n"), name
                    )
                    assert result.lines == 1


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutated_lines_never_crash(name: str, data: st.DataObject) -> None:
    line = bytearray(data.draw(st.sampled_from(lines_of(name))))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(line) - 1))
        line[at] ^= 1 << data.draw(st.integers(0, 7))
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(line))))
    result = decode(Chunk(file="log", data=bytes(line[:cut]), ends_open=True), name)
    assert result.lines == result.read + result.skipped + len(result.rejects) + result.unfinished


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
@example(data=None)
def test_any_json_in_any_place_never_crashes(name: str, data: st.DataObject | None) -> None:
    if data is None:
        assert decoded(name, b"null") == "record: expected `object`, got `null`"
        return
    scalars = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8)
    )
    keys = st.sampled_from(
        ["role", "content", "type", "text", "parts", "delta", "choices", "usage", "tool_calls"]
    )
    values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=8)
    record = msgspec.json.decode(data.draw(st.sampled_from(lines_of(name))))
    path = data.draw(st.sampled_from(sorted(paths(record), key=str)))
    value = data.draw(values)
    try:
        line = changed(record, path, value)
    except (msgspec.EncodeError, UnicodeEncodeError):
        return
    decoded(name, line)


def test_unreadable_is_what_a_format_raises() -> None:
    for name in NAMES:
        with pytest.raises(Unreadable, match="not JSON"):
            list(format_of(name).exchanges(b'{"a": '))
