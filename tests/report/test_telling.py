"""What a scan found is put together: totals, facts about accounts, what is new and what is gone."""

import json

import msgspec
import pytest

from excise.casework.programme import Settled, settle
from excise.detection.calibration import Reference
from excise.detection.campaign import Campaign
from excise.detection.judge import Settings as DetectionSettings
from excise.detection.judge import judge
from excise.detection.naming import campaigns
from excise.observation.secret import Keyring
from excise.report.files import write
from excise.report.findings import Event
from excise.report.telling import Previous, Reading, compared, findings, gone
from excise.scan import Logs, Settings, remember, scan
from excise.store.store import Store

START_S, HOUR_S, DAY_S = 1_759_708_800.0, 3_600.0, 86_400.0
MARKER = "zyxmarkerzyx"


def campaign(name, *accounts):
    return Campaign(
        name=name,
        actor=name,
        sentence="",
        accounts=accounts,
        bits=1.0,
        rank=1.0,
        ceiling_bits=1.0,
        exchanges=1,
        tokens_out=1,
        started_at_s=0.0,
        ended_at_s=1.0,
        because=(),
        links=(),
    )


def settled(*those):
    return Settled((), those, ())


def test_a_campaign_is_known_by_its_accounts_not_by_its_name():
    before = Previous(at_s=1.0, campaigns={"old name": ("a", "b"), "lost": ("z",)})
    now = settled(campaign("renamed", "a", "c"), campaign("fresh", "x"))
    known, fresh = compared(now, before)
    assert (known.new, known.joined) == (False, ("c",))
    assert (fresh.new, fresh.joined) == (True, ())
    assert gone(now, before) == ("lost",)


def test_a_first_scan_has_nothing_to_compare_with():
    now = settled(campaign("one", "a"))
    assert compared(now, None) == [campaign("one", "a")]
    assert gone(now, None) == ()


@pytest.fixture
def told(store_of):
    """Returns the findings of a store in which everybody is named."""

    def tell(exchanges, *, programmes=None, previous=None, named_at_bits=0.0, **kept):
        store = store_of(exchanges, **kept)
        judgement = judge(store, seed=1, settings=DetectionSettings(named_at_bits=named_at_bits))
        found = settle(judgement.verdicts(), campaigns(judgement, store), programmes or {})
        reading = Reading(rejected=3, accountless=2, bytes_read=99, blind=("no words",))
        return judgement, findings(
            store,
            judgement,
            found,
            title="t",
            now_s=9.0,
            reading=reading,
            previous=previous,
            seed=1,
            version="v",
            settings="s",
        )

    return tell


def test_totals_and_facts_are_those_of_the_log(sent, told):
    nets = [{"prefix": "198.18.0.0/16", "asn": 1, "network": "n", "kind": "hosting"}]
    exchanges = [
        sent("a", 0.0, "hello", tokens_out=5, address="198.18.0.1"),
        sent("a", 10.0, "hello", tokens_out=6, address="198.18.0.2"),
        sent("a", 2 * HOUR_S, "hello", address="10.0.0.1"),
        sent("b", HOUR_S, "other"),
        sent(None, 3 * HOUR_S),
    ]
    known = [{"account": "a", "created_at": -DAY_S, "verification": "identity", "programme": "p"}]
    _, found = told(
        exchanges, accounts=known, nets=nets, models={"before": -1.0, "within": HOUR_S, "after": DAY_S}
    )
    assert (found.started_at_s, found.ended_at_s) == (START_S, START_S + 3 * HOUR_S)
    totals = found.totals
    assert (totals.exchanges, totals.accounts, totals.actors) == (5, 2, 2)
    assert (totals.rejected, totals.accountless, totals.bytes_read) == (3, 2, 99)
    assert (found.bins.origin_s, found.bins.width_s) == (START_S, HOUR_S)
    assert found.events == (Event(at_s=START_S + HOUR_S, kind="release", name="within"),)
    assert found.blind == ("no words",)
    a, b = found.accounts
    assert (a.account, a.exchanges, a.tokens_out, a.addresses, a.networks) == ("a", 3, 11, 3, 1)
    assert (a.created_at_s, a.verification, a.programme) == (START_S - DAY_S, "identity", "p")
    assert (a.first_at_s, a.last_at_s) == (START_S, START_S + 2 * HOUR_S)
    assert (a.bins, a.counts) == ((0, 2), (2, 1))
    assert (b.created_at_s, b.networks, b.bins, b.counts) == (None, 0, (1,), (1,))


def test_a_long_log_is_counted_in_days(sent, told):
    _, found = told([sent("a", 0.5 * DAY_S), sent("a", 61 * DAY_S), sent("a", 61.2 * DAY_S)])
    assert found.bins.width_s == DAY_S
    assert (found.accounts[0].bins, found.accounts[0].counts) == ((0, 61), (1, 2))


def test_verdicts_are_counted_and_programmes_listed(sent, told):
    _, found = told([sent(name, text="hello") for name in "abc"], programmes={"a": "research"})
    assert (found.verdicts.distillation, found.verdicts.none, found.verdicts.permitted) == (2, 0, 1)
    (permitted,) = found.permitted
    assert (permitted.programme, permitted.accounts, permitted.exchanges) == ("research", 1, 1)
    assert [line.account for line in found.accounts] == ["b", "c"]
    assert {account for one in found.campaigns for account in one.accounts} == {"b", "c"}


def test_what_the_last_scan_found_is_compared(sent, told):
    previous = Previous(at_s=5.0, campaigns={"x": ("a",), "y": ("gone",)})
    _, found = told([sent("a"), sent("b")], previous=previous)
    assert {one.accounts: one.new for one in found.campaigns} == {("a",): False, ("b",): True}
    assert (found.previous_at_s, found.gone) == (5.0, ("y",))


def test_what_was_taken_off_every_claim_is_told(sent, told, monkeypatch):
    """A log whose bulk ranks higher than the reference lowers every claim; it is told by how much."""
    low = Reference((-100.0, -90.0), (1.0, 0.0), 10_000, 5)
    monkeypatch.setattr("excise.detection.judge.reference", lambda: low)
    judgement, found = told([sent(f"a{n}", text="hello") for n in range(30)])
    assert judgement.calibration.shift_bits > 1.0
    assert found.calibration is not None
    assert found.calibration.shift_bits == judgement.calibration.shift_bits
    assert found.calibration.ceiling_bits == judgement.calibration.ceiling_bits
    assert found.calibration.effective_units == judgement.calibration.effective_units


def test_nothing_was_read(told):
    _, found = told([])
    assert (found.totals.exchanges, found.started_at_s, found.ended_at_s) == (0, 9.0, 9.0)
    assert (found.campaigns, found.accounts) == ((), ())


def line(number, account):
    text = f"{MARKER} write {MARKER} down step by step and tell me {number} more of {MARKER.upper()}"
    record = {
        "id": f"r{number}-{account}",
        "call_type": "acompletion",
        "startTime": START_S + 60 * number,
        "endTime": START_S + 60 * number + 1,
        "status": "success",
        "model": "m",
        "metadata": {"user_api_key_user_id": account},
        "messages": [
            {"role": "system", "content": f"the {MARKER} of the crew"},
            {"role": "user", "content": text},
        ],
        "response": {"choices": [{"index": 0, "message": {"role": "assistant", "content": f"so {MARKER}"}}]},
    }
    return json.dumps(record).encode() + b"\n"


def test_no_result_and_no_report_holds_a_word(tmp_path):
    """From the log to the last file: store, verdicts, campaigns, ties, rejects, report and notes."""
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"".join(line(n, f"acct{k}") for k in range(6) for n in range(12)))
    ring, settings = Keyring.in_memory(bytes(32)), Settings(detection=DetectionSettings(named_at_bits=0.0))
    with Store.open(tmp_path / "store", ring) as store:
        outcome = scan(store, ring, Logs(paths=(str(log),)), now_s=START_S + DAY_S, settings=settings)
        paths = write(
            tmp_path / "out",
            outcome.findings,
            outcome.settled.verdicts,
            (link for one in outcome.findings.campaigns for link in one.links),
            (),
        )
        remember(store, outcome)
    assert len(outcome.findings.campaigns) >= 1
    assert MARKER not in msgspec.json.encode(outcome.findings).decode().lower()
    files = [*paths, *(path for path in (tmp_path / "store").rglob("*") if path.is_file())]
    assert len(files) > 6
    for path in files:
        assert MARKER.encode() not in path.read_bytes().lower(), path
    assert b"acct0" in paths[0].read_bytes()  # what may be told would be found


def test_the_next_scan_remembers_this_one(tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"".join(line(n, "acct0") for n in range(3)))
    ring, settings = Keyring.in_memory(bytes(32)), Settings(detection=DetectionSettings(named_at_bits=0.0))
    with Store.open(tmp_path / "store", ring) as store:
        first = scan(store, ring, Logs(paths=(str(log),)), now_s=START_S + DAY_S, settings=settings)
        remember(store, first)
        log.write_bytes(log.read_bytes() + line(9, "acct1"))
        second = scan(store, ring, Logs(paths=(str(log),)), now_s=START_S + 2 * DAY_S, settings=settings)
    assert second.taken.new == 1
    assert second.findings.previous_at_s == START_S + DAY_S
    new = {account for one in second.findings.campaigns if one.new for account in one.accounts}
    joined = {account for one in second.findings.campaigns for account in one.joined}
    assert new | joined == {"acct1"}
