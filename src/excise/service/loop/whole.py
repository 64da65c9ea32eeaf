"""A judgement of everything within the window, and what the turns after it keep of it."""

import os
from multiprocessing import parent_process
from pathlib import Path
from threading import Thread

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from excise.casework.programme import Settled
from excise.casework.standing import Standing
from excise.detection.campaign import Campaign
from excise.detection.judge import Judgement, judge
from excise.detection.judge import Settings as DetectionSettings
from excise.detection.naming import campaigns
from excise.observation.secret import Keyring
from excise.report.findings import Portrait
from excise.report.telling import Reading, findings
from excise.service.loop.blindness import formats_in
from excise.service.loop.standings import Said, known, sent_in, standings
from excise.service.loop.who import Roll, roll_of, value_keys
from excise.service.loop.window import Window
from excise.store import durable
from excise.store.blindness import blind_spots
from excise.store.reading import StoreReader
from excise.store.tables import Asked

F64 = NDArray[np.float64]

TOLD_BITS = 3.0
"""Reasons are kept of actors that reach so many bits: the others' would fill memory, and say little."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the loop judges: over how many days, from which seed, and detection's own settings."""

    window_days: float = 28.0
    seed: int = 0
    detection: DetectionSettings = DetectionSettings()


class Whole(Struct, frozen=True, kw_only=True):
    """A judgement of everything.

    ``segment``: it saw the store's segments below this number. ``held`` is how many observations there were.
    ``owner`` and ``rows`` are int64, ``keys`` uint64, ``carriers`` int64, as in ``Roll``; ``rank`` and
    ``bits`` are float64, of each account's actor. ``blind`` are sentences: what could not be seen.
    """

    at_s: float
    segment: int
    held: int
    accounts: list[str]
    owner: bytes
    rows: bytes
    keys: bytes
    carriers: bytes
    rank: bytes
    bits: bytes
    standings: tuple[Standing, ...]
    campaigns: tuple[Campaign, ...]
    portraits: tuple[Portrait, ...]
    blind: tuple[str, ...] = ()

    def roll(self) -> Roll:
        """Return who is who."""
        return Roll(
            accounts=self.accounts,
            owner=np.frombuffer(self.owner, np.int64),
            rows=np.frombuffer(self.rows, np.int64),
            keys=np.frombuffer(self.keys, np.uint64),
            carriers=np.frombuffer(self.carriers, np.int64),
        )

    def ranks(self) -> F64:
        """Return the rank of each account's actor, shape (accounts,)."""
        return np.frombuffer(self.rank, np.float64)

    def claims(self) -> F64:
        """Return the bits of each account's actor, shape (accounts,)."""
        return np.frombuffer(self.bits, np.float64)


def judge_whole(store: Asked, *, segment: int, held: int, now_s: float, settings: Settings) -> Whole:
    """Judge all that a store holds within the window.

    Args:
        store: what is asked.
        segment: it holds the segments below this number.
        held: how many observations it holds.
        now_s: the present, epoch seconds: the end of the window.
        settings: see ``Settings``.
    """
    window = Window(store, floor_us(now_s, settings))
    judgement = judge(window, seed=settings.seed, settings=settings.detection)
    named = campaigns(judgement, window)
    evidence, rows_of = judgement.linking.evidence, sent_in(window)
    accounts: list[str] = evidence.accounts.to_pylist()
    directory = known(store.run(store.tables.accounts))
    rank, bits = np.zeros(len(accounts)), np.zeros(len(accounts))
    stand: list[Standing] = []
    for row in range(len(judgement.actors)):
        rank[judgement.members[row]] = judgement.weighing.rank[row]
        bits[judgement.members[row]] = judgement.bits[row]
        stand += standings(judgement.accounts(row), said_of(judgement, row), rows_of, directory)
    roll = roll_of(
        accounts,
        judgement.linking.owner,
        np.array([rows_of[account].exchanges for account in accounts], dtype=np.int64),
        {
            name: (value_keys(name, rows.names), rows.value, rows.account)
            for name, rows in evidence.carried.items()
        },
    )
    return Whole(
        at_s=now_s,
        segment=segment,
        held=held,
        accounts=accounts,
        owner=roll.owner.tobytes(),
        rows=roll.rows.tobytes(),
        keys=roll.keys.tobytes(),
        carriers=roll.carriers.tobytes(),
        rank=rank.tobytes(),
        bits=bits.tobytes(),
        standings=tuple(sorted(stand, key=lambda one: one.account)),
        campaigns=named,
        portraits=portraits_of(window, judgement, named, now_s=now_s, settings=settings),
        blind=blind_spots(window, formats_in(window)),
    )


def said_of(judgement: Judgement, row: int) -> Said:
    """Return what a judgement claims of an actor."""
    bits = float(judgement.bits[row])
    actor = judgement.actors[row]
    return Said(
        actor,
        round(bits, 3),
        round(float(judgement.weighing.rank[row]), 6),
        f"campaign-{actor.removeprefix('actor-')}" if judgement.named(row) else None,
        judgement.because[row] if bits >= TOLD_BITS else (),
    )


def portraits_of(
    store: Asked, judgement: Judgement, named: tuple[Campaign, ...], *, now_s: float, settings: Settings
) -> tuple[Portrait, ...]:
    """Return the portraits of campaigns, as a report would show them."""
    if not named:
        return ()
    chosen = {account for campaign in named for account in campaign.accounts}
    verdicts = tuple(verdict for verdict in judgement.verdicts() if verdict.account in chosen)
    found = findings(
        store,
        judgement,
        Settled(verdicts, named, ()),
        title="",
        now_s=now_s,
        reading=Reading(),
        previous=None,
        seed=settings.seed,
        version="",
        settings="",
    )
    return found.portraits()


def floor_us(now_s: float, settings: Settings) -> int:
    """Return where the window begins, in epoch microseconds."""
    return round((now_s - settings.window_days * 86_400) * 1e6)


def judge_aside(
    path: Path, keyring: bytes, out: Path, *, segment: int, held: int, now_s: float, settings: Settings
) -> None:
    """Judge a store that another process writes to, and put the judgement into a file."""
    Thread(target=_end_with_parent, daemon=True).start()
    with StoreReader.open(path, Keyring.from_bytes(keyring)) as store:
        save(out, judge_whole(store, segment=segment, held=held, now_s=now_s, settings=settings))


def _end_with_parent() -> None:
    """End with the loop: nobody would take what this process finds."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def save(path: Path, whole: Whole) -> None:
    """Put a judgement into a file, in one step."""
    durable.replace(path, msgspec.msgpack.encode(whole))


def load(path: Path) -> Whole | None:
    """Return the judgement in a file; None where there is none, or one of another version."""
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=Whole)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
