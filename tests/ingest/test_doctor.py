from pathlib import Path

import pytest

from excise.errors import UnknownFormat
from excise.ingest.doctor import examine

HERE = Path(__file__).parent / "logs"


def test_a_golden_log() -> None:
    found = examine([HERE / "litellm.jsonl"])
    assert (found.formats, found.lines, found.exchanges, found.rejected) == (("litellm",), 5, 5, 0)
    assert (found.account_field, found.accounts) == ("user", 2)
    assert found.accounts_by_field["organization"] == 2
    names = [one.name for one in found.findings]
    assert "truncated" in names
    assert "withheld_requests" in names
    assert (found.from_s, found.to_s) == (1759708800.0, 1759708830.0)


def test_bedrock_has_no_address_and_is_told_to_join_cloudtrail() -> None:
    one = next(one for one in examine([HERE / "bedrock.jsonl"]).findings if one.name == "address")
    assert one.present == 0.0
    assert one.ties == ("address", "address_block")
    assert "CloudTrail" in one.fixes[0].setting


def test_kong_without_payloads_is_told_the_setting(tmp_path: Path) -> None:
    line = (HERE / "kong.jsonl").read_bytes().splitlines()[1]
    (tmp_path / "log").write_bytes(line + b"\n")
    one = next(one for one in examine([tmp_path / "log"]).findings if one.name == "request_words")
    assert "log_payloads" in one.fixes[0].setting


def test_rejects_are_findings_and_no_error(tmp_path: Path) -> None:
    good = (HERE / "litellm.jsonl").read_bytes()
    (tmp_path / "log").write_bytes(
        good + b"{]\n" * 20 + b'{"startTime": 5}\n' + b'{"startTime": 6}\n' + b'{"broken'
    )
    found = examine([tmp_path / "log"])
    assert (found.lines, found.exchanges, found.rejected, found.unfinished) == (28, 5, 22, 1)
    assert [(one.lines, one.first.line) for one in found.reasons] == [(20, 6), (2, 26)]
    assert (
        next(one for one in found.findings if one.name == "rejected").says
        == "22 of 28 lines could not be read"
    )


def test_the_future_and_the_account() -> None:
    found = examine([HERE / "litellm.jsonl"], account_field="organization", latest_s=1759708815.0)
    assert found.account_field == "organization"
    assert "ahead_of_time" in [one.name for one in found.findings]


def test_an_empty_log_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"")
    found = examine([tmp_path / "log"])
    assert (found.lines, found.exchanges, found.findings, found.presence) == (0, 0, (), ())


def test_an_unknown_log_is(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"hello\n")
    with pytest.raises(UnknownFormat):
        examine([tmp_path / "log"])


def test_two_formats_keep_their_own_accounts() -> None:
    found = examine([HERE / "litellm.jsonl", HERE / "kong.jsonl"])
    assert found.formats == ("litellm", "kong")
    assert found.exchanges == 8
