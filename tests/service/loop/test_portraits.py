"""Portraits: what was kept is read again; who is forgotten is in none."""

from pathlib import Path

import pytest

from excise.detection.campaign import Campaign
from excise.report.findings import AccountFacts, Portrait
from excise.service.loop import portraits


def portrait(name: str, *accounts: str) -> Portrait:
    """A portrait of a campaign of these accounts."""
    campaign = Campaign(
        name=name,
        actor="actor-1",
        sentence="",
        accounts=accounts,
        bits=12.0,
        rank=9.0,
        ceiling_bits=14.0,
        exchanges=3,
        tokens_out=4,
        started_at_s=0.0,
        ended_at_s=1.0,
        because=(),
        links=(),
    )
    return Portrait(campaign=campaign, accounts=tuple(AccountFacts(account=name) for name in accounts))


def test_a_portrait_is_read_as_it_was_written(tmp_path: Path) -> None:
    shown = portrait("campaign-1", "a", "b")
    portraits.write(tmp_path, shown)
    assert portraits.read(tmp_path, "campaign-1") == shown
    assert portraits.read(tmp_path, "campaign-2") is None


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a\0b", "", "x" * 5_000])
def test_a_name_is_never_a_path(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "portraits"
    portraits.write(folder, portrait(name, "a"))
    assert [path.parent for path in tmp_path.rglob("*.msgpack")] == [folder]
    assert portraits.read(folder, name) is not None


def test_the_forgotten_are_in_none(tmp_path: Path) -> None:
    for name, account in (("campaign-1", "a"), ("campaign-2", "b")):
        portraits.write(tmp_path, portrait(name, account, "c" + account))
    (tmp_path / "old.msgpack").write_bytes(b"of another version")
    assert portraits.forget(tmp_path, ["ca"]) == 2
    assert portraits.read(tmp_path, "campaign-1") is None
    assert portraits.read(tmp_path, "campaign-2") is not None


def test_only_the_campaigns_that_are_named_are_kept(tmp_path: Path) -> None:
    for name in ("campaign-1", "campaign-2"):
        portraits.write(tmp_path, portrait(name, "a"))
    portraits.keep_only(tmp_path, ["campaign-2"])
    assert portraits.read(tmp_path, "campaign-1") is None
    assert portraits.read(tmp_path, "campaign-2") is not None
