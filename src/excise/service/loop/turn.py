"""One turn: what was captured goes into the store, what grew is judged, what changed is handed on.

Every step may be the last before the process is killed. What the journal gave stays there until it is on disk
in the store, and the store takes nothing twice; all that the loop keeps besides is made of the store again.
"""

from collections.abc import Callable
from typing import Protocol

import msgspec
import numpy as np
import pyarrow as pa
from msgspec import Struct

from excise.casework.standing import Round
from excise.observation.secret import Keyring
from excise.service.loop.beside import Beside
from excise.service.loop.blindness import Blindness, keep
from excise.service.loop.claims import Claims
from excise.service.loop.delta import choose, judge_again, since
from excise.service.loop.due import Due
from excise.service.loop.runs import Runs
from excise.service.loop.standings import Sent, counts, sent
from excise.service.loop.surroundings import Surroundings
from excise.service.loop.who import Who
from excise.service.loop.whole import Settings, Whole, floor_us
from excise.store.portion import Portion
from excise.store.store import DERIVED, Store

_COMPACTED_FROM = 32


class Delivery(Struct, frozen=True):
    """What a journal gives: rows by the id of the key that they were observed under, up to a position."""

    position: int
    batches: tuple[tuple[str, pa.RecordBatch], ...]


class Journal(Protocol):
    """Where captured observations wait, on disk, until the store has them."""

    def take(self) -> Delivery | None:
        """Return what waits, or a part of it; the same again until it is done. None where nothing waits."""

    def done(self, position: int) -> None:
        """Let go of what lies before a position."""


Receive = Callable[[Round], object]
"""Is given what a turn found; after a crash it may be given the same again."""


class Turned(Struct, frozen=True, kw_only=True):
    """What a turn came to.

    ``new`` exchanges were not in the store before; ``judged`` accounts were judged; ``waiting`` owners are
    due and wait for a later turn; ``whole`` says that a judgement of everything came to its end.
    """

    new: int
    judged: int
    waiting: int
    whole: bool


class Loop:
    """What the loop knows between turns. It is the one that writes to its store.

    Args:
        store: opened for writing.
        keyring: its keys.
        settings: see ``Settings``.
        aside: judge everything in another process, beside the turns; else within one.
    """

    def __init__(self, store: Store, keyring: Keyring, *, settings: Settings, aside: bool = True) -> None:
        self._store, self._settings = store, settings
        self._keys = {key.id: key for key in keyring.writing}
        folder = store.path / DERIVED
        folder.mkdir(exist_ok=True)
        self._runs = Runs(folder / "runs", key=keyring.reading.id)
        self._portion = Portion(folder / "spill")
        self._beside = Beside(store, keyring, folder / "whole.msgpack", settings=settings, aside=aside)
        self._claims = Claims(folder)
        self._compacted = 0
        self._judging: tuple[Who, Due, Surroundings] | None = None
        self._stale = True
        self._untold: Whole | None = None
        for number, rows in store.added(self._runs.segment):
            self._runs.add_missing(rows, segment=number + 1)
        whole = self._beside.latest()
        if whole is not None:
            self._begin(whole)
            if not self._claims.recall(whole):
                self._untold = whole

    def turn(self, journal: Journal, receive: Receive, *, now_s: float) -> Turned:
        """Do one turn, and return what it came to.

        Args:
            journal: where captured observations wait.
            receive: casework.
            now_s: the present, epoch seconds.
        """
        new = self._take_in(journal)
        came = self._came()
        self._beside.consider(held=self._runs.rows, segment=self._store.next_segment, now_s=now_s)
        whole = self._beside.finished() or self._untold
        if whole is not None:
            self._begin(whole)
            # Casework is told before anything else is judged: what follows compares with this.
            receive(self._claims.of_whole(whole))
            self._claims.remember()
            keep(self._store.path / DERIVED, Blindness(at_s=whole.at_s, blind=whole.blind))
            self._untold = None
            self._stale = True
            self._runs.forget_before(floor_us(now_s, self._settings))
            self._store.sweep(now_s=now_s)
        judged = 0
        if self._judging is not None:
            if self._stale:
                self._expose(receive, now_s=now_s)
                came = {}
            judged = self._judge(came, receive, now_s=now_s)
        self._compact()
        waiting = len(self._judging[1].waiting()) if self._judging else 0
        return Turned(new=new, judged=judged, waiting=waiting, whole=whole is not None)

    @property
    def judging_everything(self) -> bool:
        """Say whether everything is being judged beside the turns."""
        return self._beside.running

    @property
    def failed(self) -> int:
        """How the process ended that judged everything last; 0 is well."""
        return self._beside.failed

    def close(self) -> None:
        """Let go of the processes and of the engine; the store is left open."""
        self._beside.close()
        self._portion.close()

    def _take_in(self, journal: Journal) -> int:
        delivery = journal.take()
        if delivery is None:
            return 0
        new = 0
        for key, batch in delivery.batches:
            if key in self._keys:  # else the key retired since, and its rows would be swept at once
                new += self._store.append(batch, key=self._keys[key])
        self._store.flush()
        journal.done(delivery.position)
        return new

    def _came(self) -> dict[str, Sent]:
        """Hold by account what came into the store, and return what it was."""
        came: dict[str, Sent] = {}
        for number, rows in self._store.added(self._runs.segment):
            self._runs.add(rows, segment=number + 1)
            for account, more in sent(rows).items():
                came[account] = came[account].and_(more) if account in came else more
            if self._judging is not None:
                who, due, _ = self._judging
                due.came(counts(rows), owner_of=who.owner)
        return came

    def _begin(self, whole: Whole) -> None:
        """Go on from a judgement of everything; what came since is due."""
        roll = whole.roll()
        who = Who(roll)
        rows = np.bincount(roll.owner, weights=roll.rows, minlength=len(roll.accounts)).astype(np.int64)
        owners = np.unique(roll.owner).tolist()
        due = Due({roll.accounts[owner]: int(rows[owner]) for owner in owners})
        surroundings = Surroundings(self._store.path, self._runs, whole, seed=self._settings.seed)
        for _, later in self._store.added(whole.segment):
            due.came(counts(later), owner_of=who.owner)
        self._judging = (who, due, surroundings)

    def _judge(self, came: dict[str, Sent], receive: Receive, *, now_s: float) -> int:
        assert self._judging is not None
        who, due, surroundings = self._judging
        chosen = choose(self._runs, who, due.waiting(), now_s=now_s, settings=self._settings)
        for owner in chosen.too_large:
            due.put_off(owner)
        found = Round(at_s=now_s, standings=(), campaigns=())
        judged: set[str] = set()
        if chosen.accounts:
            again = judge_again(
                self._portion, self._runs, who, chosen, surroundings, now_s=now_s, settings=self._settings
            )
            judged = {account for group in again.groups for account in group.accounts}
            held = counts(again.rows)
            for owner in chosen.owners:
                due.judged(owner, 0)
            for group in again.groups:
                if group.joins is None:
                    due.judged(group.accounts[0], sum(held[one] for one in group.accounts), group.before)
                else:
                    due.joined(group.joins, sum(held[one] for one in group.accounts), group.before)
            found = self._claims.of_turn(
                again, self._portion, surroundings.known(judged), now_s=now_s, settings=self._settings
            )
        more = self._claims.of_more({one: each for one, each in came.items() if one not in judged})
        if found.standings or found.campaigns or found.gone or more:
            receive(msgspec.structs.replace(found, standings=(*found.standings, *more)))
        if judged:
            self._claims.remember()
        return len(judged)

    def _expose(self, receive: Receive, *, now_s: float) -> None:
        """Count again what campaigns sent: more came while everything was judged, or no process ran."""
        rows = since(self._runs.of(sorted(self._claims.named)), floor_us(now_s, self._settings))
        exact = self._claims.of_exactly(sent(rows))
        if exact:
            receive(Round(at_s=now_s, standings=exact, campaigns=()))
        self._stale = False

    def _compact(self) -> None:
        # Not while everything is judged: what that did not see lies in the segments written since it began.
        if self._beside.running or self._store.segments - self._compacted < _COMPACTED_FROM:
            return
        self._store.compact()
        self._runs.reach(self._store.next_segment)
        self._compacted = self._store.segments
