import json
import math
import random  # noqa: TID251 (a shuffle of the input is what is tested)

import msgspec
import pyarrow.parquet as pq
import pytest

from excise.detection.campaign import Because, Verdict
from excise.errors import ExciseError
from excise.ingest.chunks import Reject
from excise.linking.actor import Link, Strand
from excise.report.files import TIES, encode, write

NAMES = ["verdicts.jsonl", "campaigns.jsonl", "ties.parquet", "rejected.jsonl", "report.html"]


def verdict(account, rank, **changes):
    fields = {
        "account": account,
        "actor": "actor-1",
        "rank": rank,
        "bits": 13.3,
        "campaign": "amber-heron",
        "verdict": "distillation",
        "decided_at": None,
        "because": (Because(signal="shared_script", weight=7.4, text="the same instruction"),),
    }
    return Verdict(**{**fields, **changes})


VERDICTS = [
    verdict("b", 3.0),
    verdict("a", 9.0),
    verdict("c", math.nan),
    verdict("d", -math.inf),
    verdict("e", 3.0),
]
REJECTS = [Reject("b.jsonl", 1, 0, "x"), Reject("a.jsonl", 9, 700, "y"), Reject("a.jsonl", 2, 90, "z")]


def lines(path):
    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    text = path.read_text("utf-8")
    return [json.loads(line, parse_constant=refuse) for line in text.splitlines()]


def test_five_files_and_nothing_else(tmp_path, week):
    links = [link for campaign in week.campaigns for link in campaign.links]
    paths = write(tmp_path / "out", week, VERDICTS, links, REJECTS)
    assert [path.name for path in paths] == NAMES
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(NAMES)


def test_verdicts_have_the_documented_fields_in_order(tmp_path, week):
    write(tmp_path, week, [verdict("a", 2.5, decided_at=1.5)], (), ())
    assert (tmp_path / "verdicts.jsonl").read_text("utf-8") == (
        '{"account":"a","actor":"actor-1","rank":2.5,"bits":13.3,"campaign":"amber-heron","verdict":"distillation",'
        '"decided_at":1.5,"because":[{"signal":"shared_script","weight":7.4,"text":"the same instruction"}]}'
        "\n"
    )


def test_verdicts_come_by_rank_and_what_is_no_number_is_null(tmp_path, week):
    write(tmp_path, week, VERDICTS, (), ())
    found = lines(tmp_path / "verdicts.jsonl")
    assert [(v["account"], v["rank"]) for v in found] == [
        ("a", 9.0),
        ("b", 3.0),
        ("e", 3.0),
        ("c", None),
        ("d", None),
    ]


def test_campaigns_leave_their_links_to_the_ties(tmp_path, week):
    write(tmp_path, week, (), (), ())
    found = lines(tmp_path / "campaigns.jsonl")
    assert [c["name"] for c in found] == ["amber-heron", "slate-marten", "copper-finch"]
    assert "links" not in found[0]
    assert found[0]["new"] is True
    assert found[2]["joined"] == list(week.ranked()[2].joined)
    assert found[0]["lookalikes"][0]["actor"] == "actor-course-cs224"


def test_ties_are_a_row_a_strand(tmp_path, week):
    links = [
        Link(
            one="z",
            other="a",
            weight=8.0,
            strands=(
                Strand(tie="payment", block="payment", weight=6.0, text="t"),
                Strand(tie="instruction", block="script", weight=4.0, text="t"),
            ),
        ),
        Link(one="a", other="b", weight=2.0),
    ]
    write(tmp_path, week, (), links, ())
    table = pq.read_table(tmp_path / "ties.parquet")
    assert table.schema.equals(TIES)
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        ("a", "b", None, None, None, 2.0),
        ("a", "z", "instruction", "script", 4.0, 8.0),
        ("a", "z", "payment", "payment", 6.0, 8.0),
    ]


def test_rejects_come_by_place(tmp_path, week):
    write(tmp_path, week, (), (), REJECTS)
    assert [(r["file"], r["line"]) for r in lines(tmp_path / "rejected.jsonl")] == [
        ("a.jsonl", 2),
        ("a.jsonl", 9),
        ("b.jsonl", 1),
    ]


def test_the_order_of_what_comes_in_does_not_matter(tmp_path, week):
    shuffled = random.Random(5)
    links = [link for campaign in week.campaigns for link in campaign.links]
    write(tmp_path / "one", week, VERDICTS, links, REJECTS)
    write(
        tmp_path / "two",
        msgspec.structs.replace(week, campaigns=tuple(shuffled.sample(week.campaigns, len(week.campaigns)))),
        shuffled.sample(VERDICTS, len(VERDICTS)),
        shuffled.sample(links, len(links)),
        shuffled.sample(REJECTS, len(REJECTS)),
    )
    for name in NAMES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_scan_that_stops_leaves_the_files_of_the_one_before(tmp_path, week):
    write(tmp_path, week, VERDICTS, (), REJECTS)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def stopping():
        yield REJECTS[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, week, VERDICTS[:1], (), stopping())
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_place_that_cannot_be_written_to_is_said(tmp_path, week):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ExciseError, match=r"file: the results cannot be written .* --out"):
        write(tmp_path / "file", week, (), (), ())


def test_everything_hostile_can_be_written_and_read_back(tmp_path, hostile):
    accounts = hostile.campaigns[0].accounts
    verdicts = [
        verdict(account, float(at), actor=account, campaign=account) for at, account in enumerate(accounts)
    ]
    links = [link for campaign in hostile.campaigns[:1] for link in campaign.links]
    rejects = [Reject("\udcff\x00.jsonl", 1, 0, "</script>\ud800")]
    write(tmp_path, hostile, verdicts, links, rejects)
    assert len(lines(tmp_path / "campaigns.jsonl")) == len(hostile.campaigns)
    assert lines(tmp_path / "rejected.jsonl")[0] == {
        "file": "\\udcff\x00.jsonl",
        "line": 1,
        "offset": 0,
        "reason": "</script>\\ud800",
    }
    kept = {v["account"] for v in lines(tmp_path / "verdicts.jsonl")}
    assert kept == {account.replace("\ud800", "\\ud800") for account in accounts}
    assert pq.read_table(tmp_path / "ties.parquet").num_rows >= len(links)


def test_one_record_is_one_line():
    odd = verdict("a\nb\u2028c\u2029d\x85e\x0b\x1c", 1.0)
    assert len(encode(odd).decode().splitlines()) == 1
    assert json.loads(encode(odd))["account"] == odd.account
