"""The process of the loop, with nothing around it: from the journal to cases, and one leader of several."""

import gzip
import multiprocessing
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from excise.casework.case import CaseFilter
from excise.casework.state import State
from excise.observation.secret import Keyring
from excise.proving_ground.compose import compose
from excise.proving_ground.draw import demo
from excise.report.progress import now_s
from excise.service.capture.delivery import Delivery, Wire
from excise.service.capture.work import Plan, Work
from excise.service.folder import Folder
from excise.service.journal.writer import JournalSettings
from excise.service.looping import LoopPlan, Turned, run
from excise.service.settings import Known


class Turning:
    """The process, and what it says."""

    def __init__(self, plan: LoopPlan) -> None:
        self.ours, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("spawn").Process(target=run, args=(theirs, plan))
        self.process.start()
        theirs.close()

    def until(self, what, *, within_s: float = 360.0) -> Turned:
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            if self.ours.poll(0.2):
                said = self.ours.recv()
                if what(said):
                    return said
        raise AssertionError("it does not come to that")

    def end(self) -> int | None:
        self.ours.close()
        self.process.join(60)
        return self.process.exitcode


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "data")
    made.begin(now_s=now_s(), passphrase="a passphrase of a test")
    return made


def plan_of(folder: Folder, database: str | None = None, **more: object) -> LoopPlan:
    return LoopPlan(
        folder=str(folder.path),
        secret_file=str(folder.secret),
        policy_file=str(folder.policy),
        database=database or folder.database,
        every_s=0.2,
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def ended() -> Iterator[list[Turning]]:
    made: list[Turning] = []
    yield made
    for one in made:
        if one.process.is_alive():
            one.process.kill()
            one.process.join()


def test_what_was_captured_becomes_cases(folder: Folder, tmp_path: Path, ended: list[Turning]) -> None:
    world = demo()
    log = tmp_path / "log"
    composed = compose(msgspec.structs.replace(world, start_s=now_s() - 86_400.0 * world.days), log)
    plan = Plan(
        journal=str(folder.journal),
        secret_file=str(folder.secret),
        seal_file=str(folder.seal),
        rejected_file=str(folder.rejected),
        settings=JournalSettings(free_bytes=0),
    )
    work = Work(plan, now_s)
    lines = gzip.decompress((log / "log.litellm.jsonl.gz").read_bytes())
    (reply,) = work.take([Delivery(0, Wire.RECORDS, "litellm", "litellm", "", lines)])
    work.close()
    assert reply.counts.accepted == composed.exchanges
    known = Known(accounts=(str(log / "accounts.jsonl"),), networks=(str(log / "asn.csv"),))
    turning = Turning(plan_of(folder, known=known))
    ended.append(turning)
    assert turning.until(lambda said: said.new > 0).leads
    keyring = Keyring.open(folder.secret, now_s=now_s())
    with State.open(folder.database, secret=keyring.derive("state"), now_s=now_s()) as state:
        until = time.monotonic() + 360
        while not (cases := state.cases.list(CaseFilter()).cases):
            assert time.monotonic() < until
            turning.until(lambda _: True)
        assert len(cases) >= 1
        said = turning.until(lambda said: bool(said.case_bits))
        assert set(said.case_bits) <= {case.id for case in state.cases.list(CaseFilter()).cases}
        assert max(said.case_bits.values()) > 5
    assert turning.until(lambda said: said.lag_s == 0.0).took_s >= 0
    assert turning.end() == 0


def test_of_two_over_one_database_one_leads_and_the_other_takes_over(
    folder: Folder, postgres, ended: list[Turning]
) -> None:
    url = postgres.fresh()
    first = Turning(plan_of(folder, url))
    ended.append(first)
    assert first.until(lambda _: True).leads
    second = Turning(plan_of(folder, url))
    ended.append(second)
    assert not second.until(lambda _: True).leads
    first.process.kill()
    first.process.join()
    assert second.until(lambda said: said.leads, within_s=200).leads
    assert second.end() == 0


def test_a_policy_written_wrong_leaves_the_one_before(folder: Folder, ended: list[Turning]) -> None:
    turning = Turning(plan_of(folder))
    ended.append(turning)
    turning.until(lambda _: True)
    folder.policy.write_text("[rules")
    for _ in range(3):
        assert turning.until(lambda _: True).leads
    assert turning.end() == 0
