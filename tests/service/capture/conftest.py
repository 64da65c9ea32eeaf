"""The work that takes exchanges in, without a process around it."""

from pathlib import Path

import pytest

from excise.casework.sealing import Opener
from excise.observation.secret import Keyring
from excise.report.progress import now_s
from excise.service.capture.work import Plan, Work
from excise.service.journal.writer import JournalSettings


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    Keyring.open(tmp_path / "secret.toml", now_s=0.0)
    _, seal = Opener.generate()
    seal.write(tmp_path / "seal.public")
    return Plan(
        journal=str(tmp_path / "journal"),
        secret_file=str(tmp_path / "secret.toml"),
        seal_file=str(tmp_path / "seal.public"),
        rejected_file=str(tmp_path / "rejected.jsonl"),
        settings=JournalSettings(free_bytes=0),
        unpacked_bytes=100_000,
    )


@pytest.fixture
def work(plan: Plan):
    one = Work(plan, now_s)
    yield one
    one.close()
