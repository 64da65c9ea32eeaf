import gzip
import json
from pathlib import Path

from msgspec.structs import replace

from excise.service.capture.delivery import Delivery, Wire
from excise.service.capture.work import Plan, Work
from excise.service.journal.reader import Journal
from excise.service.journal.segment import numbers
from excise.service.journal.writer import JournalSettings


def one(body: bytes, *, wire: Wire = Wire.RECORDS, format_name: str = "litellm", packing="") -> Delivery:
    return Delivery(1, wire, format_name, format_name, packing, body)


def test_a_group_of_deliveries_is_one_commit_and_each_has_its_reply(work: Work, plan: Plan, sent) -> None:
    replies = work.take(
        [
            one(sent(1) + b"\n" + b"bad\n" + sent(2)),
            one(b"[" + sent(3) + b"," + sent(1) + b"]"),
            one(gzip.compress(sent(4)), packing="gzip"),
            one(b"[broken"),
            one(sent(5), format_name=""),
            one(b'{"greeting": "hello"}', format_name=""),
        ]
    )
    assert [reply.status for reply in replies] == [200, 200, 200, 400, 200, 400]
    first = json.loads(replies[0].body)
    assert (first["accepted"], first["rejected"]) == (2, 1)
    assert first["results"][0] | {"reason": ""} == {"record": 1, "status": "rejected", "reason": ""}
    assert json.loads(replies[1].body)["results"] == [{"record": 1, "status": "duplicate"}]
    taken = Journal(Path(plan.journal)).take()
    assert taken.records == 5
    assert len(taken.batches) == 1
    assert "no format" in json.loads(replies[5].body)["error"]["message"]


def test_rejected_records_are_written_down_without_words(work: Work, plan: Plan, sent) -> None:
    work.take([one(sent(1, startTime=None) + b"\n{]\n" + sent(2))])
    text = Path(plan.rejected_file).read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    assert [row["line"] for row in rows] == [1, 2]
    assert "planted" not in text


def test_no_words_are_on_disk_in_clear(work: Work, plan: Plan, sent) -> None:
    work.take([one(sent(1) + b"\nplanted nonsense")])
    for path in Path(plan.journal).parent.rglob("*"):
        if path.is_file():
            assert b"planted" not in path.read_bytes(), path


def test_what_unpacks_to_too_much_is_refused(work: Work) -> None:
    (reply,) = work.take([one(gzip.compress(bytes(200_000)), packing="gzip")])
    assert reply.status == 413


def test_with_the_disk_full_nothing_is_acknowledged(plan: Plan, sent) -> None:
    work = Work(replace(plan, settings=JournalSettings(free_bytes=2**60)), lambda: 2e9)
    replies = work.take([one(sent(1)), one(b"[no")])
    assert [reply.status for reply in replies] == [503, 400]
    assert replies[0].retry_after_s is not None
    (again,) = work.take([one(sent(1))])
    assert again.status == 503, "what was not kept is no duplicate"
    assert numbers(work.writer.folder) == []
    work.close()


def test_without_a_seal_no_words_are_kept(plan: Plan, sent) -> None:
    work = Work(replace(plan, seal_file=None), lambda: 2e9)
    work.take([one(sent(1))])
    work.close()
    assert Journal(Path(plan.journal)).take().records == 1


def test_otlp_is_answered_as_otlp(work: Work) -> None:
    log = {
        "timeUnixNano": "1759708800000000000",
        "attributes": [{"key": "gen_ai.request.model", "value": {"stringValue": "m"}}],
    }
    late = {**log, "timeUnixNano": "x"}
    body = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [log, late, {"body": {}}]}]}]}).encode()
    (reply,) = work.take([one(body, wire=Wire.OTLP_JSON, format_name="otel_genai")])
    assert reply.counts.accepted == 1
    assert json.loads(reply.body)["partialSuccess"]["rejectedLogRecords"] == "1"
