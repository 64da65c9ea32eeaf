"""Whose words and rows leave the journal although they are not old: who was forgotten, and when.

Any process may add to it while the service runs. Writers look whether it changed and clean their segments;
the loop does the same in the store.
"""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from excise.errors import StoreDamaged
from excise.store import durable
from excise.store.retention import Retention

_FILE = "forgotten.json"


class Wish(Struct, frozen=True):
    """Accounts, as they are named in the log, that the store has still to forget."""

    accounts: tuple[str, ...]
    at_s: float


class _Kept(Struct, frozen=True):
    """The file: the keyed hash of each account to when it was forgotten (epoch microseconds)."""

    forgotten: dict[str, int] = {}
    wishes: tuple[Wish, ...] = ()


class Forgotten:
    """Who was forgotten.

    Args:
        journal: the journal's folder.
        key: what accounts are hashed with, 32 bytes: ``keyring.derive("forgotten")``.
    """

    def __init__(self, journal: Path, key: bytes) -> None:
        self._path = journal / _FILE
        self._key = key

    def add(self, accounts: Iterable[str], *, now_s: float) -> None:
        """Forget what these accounts sent until now."""
        names = tuple(sorted(set(accounts)))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._held():
            kept = self._load()
            retention = self._retention(kept).with_accounts(names, at_us=round(now_s * 1e6))
            self._save(_Kept(retention.forgotten, (*kept.wishes, Wish(names, now_s))))

    def wishes(self) -> tuple[Wish, ...]:
        """Return what the store has still to forget, in order."""
        return self._load().wishes

    def fulfilled(self, wishes: Iterable[Wish]) -> None:
        """Say that the store has forgotten; the names leave this file too."""
        done = set(wishes)
        with self._held():
            kept = self._load()
            self._save(_Kept(kept.forgotten, tuple(wish for wish in kept.wishes if wish not in done)))

    def version(self) -> int:
        """Return a number that is another one after each change; 0 where nobody was ever forgotten."""
        try:
            return self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def retention(self) -> Retention:
        """Return what the journal may keep."""
        return self._retention(self._load())

    def _retention(self, kept: _Kept) -> Retention:
        return Retention(self._key, floor_at_us=None, forgotten=kept.forgotten)

    def _load(self) -> _Kept:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except FileNotFoundError:
            return _Kept()
        except msgspec.MsgspecError as error:
            raise StoreDamaged(
                f"{self._path}: {error}; restore it from a back-up, or remove it and say excise forget again"
            ) from None

    def _save(self, kept: _Kept) -> None:
        durable.replace(self._path, msgspec.json.encode(kept))

    def _held(self) -> "_Held":
        return _Held(self._path.with_name(_FILE + ".lock"))


class _Held:
    """The right to change the file; it goes with the process that holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def __enter__(self) -> None:
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)
