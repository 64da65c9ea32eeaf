"""The journey once: what a scan tells its watcher, brings besides the log, and remembers."""

from pathlib import Path

import msgspec
import pytest

from excise.errors import BadTable
from excise.observation.secret import Keyring
from excise.proving_ground.compose import compose
from excise.proving_ground.draw import Scale, draw
from excise.report.progress import Watcher
from excise.scan import Logs, Outcome, previous, programmes, remember, scan
from excise.store.store import Store

WORLD = draw(7, Scale(accounts=240, exchanges=4_000), days=7, harvesting=0.15)
NOW_S = WORLD.start_s + 30 * 86_400.0


class Listener(Watcher):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.read = 0
        self.bad: list[str] = []
        self.replayed: list[tuple[int, int]] = []

    def judging(self, step):
        self.steps.append(step)

    def reading(self, taken):
        assert taken.read >= self.read
        self.read = taken.read

    def replaying(self, done, of):
        self.replayed.append((done, of))

    def bad_row(self, row):
        self.bad.append(str(row))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    compose(WORLD, folder)
    return folder


def scanned(store: Store, log: Path, watcher: Watcher | None = None, **options: object) -> Outcome:
    """Scan the log with all that the provider knows."""
    logs = Logs(
        paths=(str(log / "log.litellm.jsonl.gz"),),
        accounts=(log / "accounts.jsonl",),
        networks=(log / "asn.csv",),
        releases=(log / "releases.json",),
    )
    ring = Keyring.in_memory(bytes(32))
    return scan(store, ring, logs, now_s=NOW_S, watcher=watcher, **options)  # type: ignore[arg-type]


def opened(folder: Path) -> Store:
    return Store.open(folder / "store", Keyring.in_memory(bytes(32)))


def test_a_scan_is_judged_once_and_the_same_twice(log: Path, tmp_path: Path) -> None:
    listener = Listener()
    with opened(tmp_path) as store:
        first = scanned(store, log, listener)
        second = scanned(store, log)
        assert first.taken.new == first.taken.read == listener.read > 3_000
        assert second.taken.new == 0
        assert second.settled.verdicts == first.settled.verdicts
        assert msgspec.json.encode(second.findings.campaigns) == msgspec.json.encode(first.findings.campaigns)
        assert [one.rows_new for one in store.notes.scans()] == [first.taken.new, 0]
    assert listener.steps[-1] == "telling why"
    assert listener.bad == []
    accounts = {verdict.account for verdict in first.settled.verdicts}
    assert len(first.settled.verdicts) == len(accounts) == first.findings.totals.accounts
    assert first.findings.generated_at_s == NOW_S


def test_the_present_decides_nothing(log: Path, tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        first = scanned(store, log)
        ring = Keyring.in_memory(bytes(32))
        later = scan(store, ring, Logs(paths=(str(log / "log.litellm.jsonl.gz"),)), now_s=NOW_S + 1e8)
    assert later.settled.verdicts == first.settled.verdicts


def test_programmes_are_those_of_the_directory(log: Path, tmp_path: Path) -> None:
    rows = [msgspec.json.decode(line) for line in (log / "accounts.jsonl").read_bytes().splitlines()]
    rows[0]["programme"] = "licensed"
    (tmp_path / "accounts.jsonl").write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    with opened(tmp_path) as store:
        ring = Keyring.in_memory(bytes(32))
        paths = (str(log / "log.litellm.jsonl.gz"),)
        found = scan(store, ring, Logs(paths=paths, accounts=(tmp_path / "accounts.jsonl",)), now_s=NOW_S)
        known = programmes(store)
    assert known[rows[0]["account"]] == "licensed"
    covered = {v.account for v in found.settled.verdicts if v.verdict == "permitted"}
    assert covered <= set(known)


def test_a_replay_says_when_a_campaign_was_first_named(log: Path, tmp_path: Path) -> None:
    listener = Listener()
    with opened(tmp_path) as store:
        found = scanned(store, log, listener, replay_steps=3)
    assert [of for _, of in listener.replayed] == [3] * len(listener.replayed)
    for verdict in found.settled.verdicts:
        assert verdict.decided_at is None or WORLD.start_s <= verdict.decided_at <= NOW_S


def test_what_was_found_is_remembered_when_it_is_written(log: Path, tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        first = scanned(store, log)
        assert previous(store) is None
        remember(store, first)
        note = previous(store)
        assert note is not None
        assert note.at_s == NOW_S
        assert set(note.campaigns) == {campaign.name for campaign in first.findings.campaigns}
        assert scanned(store, log).findings.previous_at_s == NOW_S


def test_a_table_that_cannot_be_read_is_an_error_and_the_log_stays_read(log: Path, tmp_path: Path) -> None:
    (tmp_path / "colors.csv").write_text("color\nred\n")
    logs = Logs(paths=(str(log / "log.litellm.jsonl.gz"),), networks=(tmp_path / "colors.csv",))
    with opened(tmp_path) as store, pytest.raises(BadTable, match=r"colors\.csv"):
        scan(store, Keyring.in_memory(bytes(32)), logs, now_s=NOW_S)
    with opened(tmp_path) as store:
        assert scanned(store, log).taken.new == 0
