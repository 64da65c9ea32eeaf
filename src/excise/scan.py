"""The journey once, end to end: logs go in, campaigns come out."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from excise import __version__
from excise.casework.programme import Settled, settle
from excise.detection.judge import Judgement, judge
from excise.detection.judge import Settings as DetectionSettings
from excise.detection.naming import campaigns
from excise.detection.replay import first_named
from excise.errors import StoreDamaged
from excise.ingest.chunks import Reject
from excise.ingest.reading import MAX_REJECT_SHARE
from excise.observation.secret import Keyring
from excise.report.files import write
from excise.report.findings import Findings
from excise.report.progress import Watcher
from excise.report.telling import Previous, Reading, findings
from excise.store import directory, networks, releases
from excise.store.blindness import blind_spots
from excise.store.intake import Taken, take_in
from excise.store.notes import Scan
from excise.store.store import Store

_NOTE = "campaigns.json"


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of a scan, as a TOML file holds them."""

    detection: DetectionSettings = DetectionSettings()


class Logs(Struct, frozen=True, kw_only=True):
    """What to read, and how; see ``excise.ingest.reading.read`` for the first block of fields.

    ``accounts``, ``networks`` and ``releases`` are what the provider knows besides; each stays in the store
    until a new one is brought.
    """

    paths: tuple[str, ...]
    format_name: str | None = None
    account_field: str | None = None
    source: str | None = None
    max_reject_share: float = MAX_REJECT_SHARE

    accounts: tuple[Path, ...] = ()
    networks: tuple[Path, ...] = ()
    releases: tuple[Path, ...] = ()


class Outcome(Struct, frozen=True):
    """All that a scan came to."""

    taken: Taken
    judgement: Judgement
    settled: Settled
    findings: Findings


def scan(
    store: Store,
    keyring: Keyring,
    logs: Logs,
    *,
    now_s: float,
    seed: int = 0,
    workers: int = 1,
    replay_steps: int = 0,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    title: str = "Scan",
    watcher: Watcher | None = None,
    stdin: BinaryIO | None = None,
) -> Outcome:
    """Read logs into a store, judge all that the store then holds, and put the findings together.

    Args:
        store: opened for writing.
        keyring: its keys.
        logs: what to read.
        now_s: the present, epoch seconds; recorded, and nothing is decided by it.
        seed: of the clustering and of every drawing.
        workers: how many processes read.
        replay_steps: in how many steps to replay the log for ``decided_at``; 0 does not.
        settings: see ``Settings``.
        title: of the report.
        watcher: is told how far the scan is.
        stdin: where ``-`` reads from.
    """
    watcher = watcher or Watcher()
    taken = take_in(
        store,
        keyring,
        logs.paths,
        format_name=logs.format_name,
        account_field=logs.account_field,
        source=logs.source,
        latest_s=now_s,
        max_reject_share=logs.max_reject_share,
        workers=workers,
        stdin=stdin,
        reject=watcher.reject,
        notice=watcher.notice,
        watch=watcher.reading,
    )
    bring(store, logs, watcher)
    paths = tuple(path.encode("utf-8", "backslashreplace").decode() for path in logs.paths)
    store.add_scan(
        Scan(
            at_s=now_s,
            sources=paths,
            rows_new=taken.new,
            bytes_read=taken.bytes_read,
            account_fields=taken.account_fields,
        )
    )
    store.sweep(now_s=now_s)
    judgement = judge(store, seed=seed, settings=settings.detection, watch=watcher.judging)
    verdicts = judgement.verdicts()
    if replay_steps:
        named = first_named(
            store, seed=seed, steps=replay_steps, settings=settings.detection, watch=watcher.replaying
        )
        verdicts = tuple(msgspec.structs.replace(v, decided_at=named.get(v.account)) for v in verdicts)
    watcher.judging("telling why")
    settled = settle(verdicts, campaigns(judgement, store), programmes(store))
    found = findings(
        store,
        judgement,
        settled,
        title=title,
        now_s=now_s,
        reading=Reading(
            rejected=taken.rejected,
            accountless=taken.without_account,
            bytes_read=taken.bytes_read,
            blind=blind_spots(store, taken.formats),
        ),
        previous=previous(store),
        seed=seed,
        version=__version__,
        settings=hashlib.sha256(msgspec.json.encode(settings, order="deterministic")).hexdigest()[:12],
    )
    return Outcome(taken, judgement, settled, found)


def bring(store: Store, logs: Logs, watcher: Watcher) -> None:
    """Keep what the provider knows besides the log: accounts, networks, releases.

    Raises:
        BadTable: a file cannot be read at all; single bad rows go to ``watcher.bad_row``.
    """
    for paths, read, put in (
        (logs.accounts, directory.read, store.put_accounts),
        (logs.networks, networks.read, store.put_networks),
        (logs.releases, releases.read, store.put_releases),
    ):
        if paths:
            reading = read(paths)
            put(reading.table)
            for row in reading.bad:
                watcher.bad_row(row)


def programmes(store: Store) -> dict[str, str]:
    """Return the programme of each account that the directory gives one."""
    known = store.tables.accounts
    table = store.run(known.filter(known.programme.notnull()).select("account", "programme"))
    return dict(zip(table["account"].to_pylist(), table["programme"].to_pylist(), strict=True))


def previous(store: Store) -> Previous | None:
    """Return what the last scan into a store found, if it is remembered.

    Raises:
        StoreDamaged: what is remembered cannot be read.
    """
    note = store.notes.read(_NOTE)
    try:
        return None if note is None else msgspec.json.decode(note, type=Previous)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise StoreDamaged(
            f"{store.path / 'notes' / _NOTE}: {error}; remove it, it tells only what the last scan found"
        ) from None


def deliver(store: Store, outcome: Outcome, out: Path, rejects: Iterable[Reject]) -> tuple[Path, ...]:
    """Write the results into a folder, remember them, and return the paths of the files."""
    links = [link for campaign in outcome.findings.campaigns for link in campaign.links]
    paths = write(out, outcome.findings, outcome.settled.verdicts, links, rejects)
    remember(store, outcome)
    return paths


def remember(store: Store, outcome: Outcome) -> None:
    """Remember what was found, for the next scan to compare with; done once the results are written."""
    found = outcome.findings
    note = Previous(at_s=found.generated_at_s, campaigns={c.name: c.accounts for c in found.campaigns})
    store.notes.write(_NOTE, msgspec.json.encode(note))
