"""The ledger: who did, saw and changed what; checked against itself, signed checkpoints, and a copy outside.

A checkpoint is the hash of the latest entry, signed (Ed25519): whoever changes an entry before it cannot make
a chain that ends there. The copy outside the database says how long the chain was, so that a database that
was cut short, or put back to an older state, is noticed.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from excise.casework.state import effects, exemption
from excise.casework.state.chain import Entry, Outside, hash_of, record_hash
from excise.casework.state.database import Database, Reading, entry_of, record_of
from excise.casework.state.tables import CASES, CHECKPOINTS, DECISIONS, LEDGER
from excise.observation.canonical import canonical
from excise.observation.signing import Signer, signed_by

_FIRST_HASH = "0" * 64
_AT_ONCE = 5_000
_MOST_FAULTS = 100


class Checkpoint(Struct, frozen=True, kw_only=True):
    """The hash of an entry, and who vouches for it since when."""

    sequence: int
    hash: str
    at_s: float
    public_key: str
    signature: str


class Fault(Struct, frozen=True, kw_only=True):
    """One thing that is not as it was written; ``sequence`` is the entry where it shows, 0 for none."""

    sequence: int
    text: str


class Verified(Struct, frozen=True, kw_only=True):
    """What a check of the ledger found; it holds where there are no faults (at most a hundred are named)."""

    entries: int
    checkpoints: int
    outside: int
    faults: tuple[Fault, ...]


class LedgerPage(Struct, frozen=True, kw_only=True):
    """A page of the ledger, the newest first; ``before`` asks for the next, None where this is the last."""

    entries: tuple[Entry, ...]
    before: int | None = None


class Ledger:
    """The ledger of a deployment. Nothing here changes an entry; there is no way to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def saw(
        self, what: str, *, case: str | None = None, about: str | None = None, by: str, now_s: float
    ) -> None:
        """Write down that somebody saw something."""
        with self._database.writing(by=by, now_s=now_s) as writing:
            writing.note("saw", what, case=case, about=about)

    def note(
        self,
        verb: str,
        text: str,
        *,
        case: str | None = None,
        about: str | None = None,
        by: str,
        now_s: float,
    ) -> None:
        """Write down what happened outside the state: an exhibit was made, somebody signed in."""
        with self._database.writing(by=by, now_s=now_s) as writing:
            writing.note(verb, text, case=case, about=about)

    def list(
        self,
        *,
        before: int | None = None,
        most: int = 100,
        case: str | None = None,
        about: str | None = None,
        by: str | None = None,
    ) -> LedgerPage:
        """Return a page of entries, the newest first."""
        of = LEDGER.c
        statement = sa.select(LEDGER)
        for column, value in ((of.case_id, case), (of.about, about), (of.by, by)):
            if value is not None:
                statement = statement.where(column == value)
        if before is not None:
            statement = statement.where(of.sequence < before)
        with self._database.reading() as reading:
            rows = reading.rows(statement.order_by(of.sequence.desc()).limit(most + 1))
        entries = tuple(entry_of(row) for row in rows[:most])
        return LedgerPage(entries=entries, before=entries[-1].sequence if len(rows) > most else None)

    def checkpoint(self, signer: Signer, *, now_s: float, outside: Path | None = None) -> Checkpoint | None:
        """Sign the latest entry, and write that down, also outside; None where it is signed already.

        Args:
            signer: the deployment's key.
            now_s: epoch seconds.
            outside: a file to which the checkpoint is appended.
        """
        of = LEDGER.c
        with self._database.writing(by="ledger", now_s=now_s) as writing:
            head = writing.row(sa.select(of.sequence, of.hash).order_by(of.sequence.desc()).limit(1))
            signed = writing.value(sa.select(sa.func.max(CHECKPOINTS.c.sequence))) or 0
            if head is None or head["sequence"] <= signed:
                return None
            body = {"at_s": now_s, "hash": head["hash"], "sequence": head["sequence"]}
            made = Checkpoint(
                sequence=head["sequence"],
                hash=head["hash"],
                at_s=now_s,
                public_key=signer.public_key,
                signature=signer.sign(canonical(body)),
            )
            writing.run(sa.insert(CHECKPOINTS), [msgspec.structs.asdict(made)])
        if outside is not None:
            outside.parent.mkdir(parents=True, exist_ok=True)
            with outside.open("ab") as out:
                out.write(msgspec.json.encode(made) + b"\n")
        return made

    def verify(
        self,
        *,
        outside: Path | None = None,
        checkpoints: Path | None = None,
        public_keys: frozenset[str] = frozenset(),
    ) -> Verified:
        """Check all that is written: the chain, the records that it vouches for, signatures, copies outside.

        Args:
            outside: the copy of the ledger.
            checkpoints: the copy of the checkpoints.
            public_keys: whose signatures count; none named, any.
        """
        found: list[Fault] = []
        with self._database.reading() as reading:
            copies = _copies(outside, found)
            entries, last, hashes = _chain(reading, copies, found)
            _records(reading, last, found)
            inside = [record_of(row, Checkpoint) for row in reading.rows(sa.select(CHECKPOINTS))]
            of_copy = list(_read_checkpoints(checkpoints, found))
            wanted = {one.sequence for one in [*inside, *of_copy]}
            known = hashes(wanted)
            for one in [*inside, *of_copy]:
                _check(one, known.get(one.sequence), public_keys, found)
            missing = {one.sequence for one in of_copy} - {one.sequence for one in inside}
            if checkpoints is not None:
                found += [
                    Fault(sequence=one, text=f"checkpoint {one} is only outside the database")
                    for one in sorted(missing)
                ]
        return Verified(
            entries=entries,
            checkpoints=len(inside),
            outside=len(copies),
            faults=tuple(found[:_MOST_FAULTS]),
        )


def _copies(outside: Path | None, found: list[Fault]) -> dict[int, str]:
    """Return the hashes that the copy outside holds."""
    copies: dict[int, str] = {}
    if outside is None:
        return copies
    try:
        for entry in Outside(outside).entries():
            if hash_of(entry) != entry.hash:
                text = f"{outside}: entry {entry.sequence} was changed"
                found.append(Fault(sequence=entry.sequence, text=text))
            if entry.sequence != len(copies) + 1:
                text = f"{outside}: entry {entry.sequence} stands where {len(copies) + 1} should"
                found.append(Fault(sequence=entry.sequence, text=text))
            copies[entry.sequence] = entry.hash
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        found.append(Fault(sequence=len(copies) + 1, text=f"{outside}: a line is no entry: {error}"))
    return copies


def _chain(
    reading: Reading, copies: dict[int, str], found: list[Fault]
) -> tuple[int, dict[str, str], Callable[[set[int]], dict[int, str]]]:
    """Walk the chain; return its length, the latest hash of each record, and how hashes are looked up."""
    previous, sequence, count = _FIRST_HASH, 0, 0
    last: dict[str, str] = {}
    for entry in _entries(reading):
        count += 1
        if entry.sequence != sequence + 1:
            text = f"entries {sequence + 1} to {entry.sequence - 1} are missing"
            found.append(Fault(sequence=entry.sequence, text=text))
        if entry.previous != previous:
            text = f"entry {entry.sequence} does not follow the one before it"
            found.append(Fault(sequence=entry.sequence, text=text))
        if hash_of(entry) != entry.hash:
            found.append(Fault(sequence=entry.sequence, text=f"entry {entry.sequence} was changed"))
        if copies.get(entry.sequence, entry.hash) != entry.hash:
            text = f"entry {entry.sequence} is not what the copy outside holds"
            found.append(Fault(sequence=entry.sequence, text=text))
        if entry.about is not None and entry.record is not None:
            last[entry.about] = entry.record
        previous, sequence = entry.hash, entry.sequence
    longest = max(copies, default=0)
    if longest > sequence:
        text = (
            f"entries {sequence + 1} to {longest} are in the copy outside and not here: the end was cut off"
        )
        found.append(Fault(sequence=longest, text=text))
    elif copies and longest < sequence:
        text = (
            f"entries {longest + 1} to {sequence} are not in the copy outside, which was cut or not written"
        )
        found.append(Fault(sequence=sequence, text=text))

    def hashes(sequences: set[int]) -> dict[int, str]:
        of = LEDGER.c
        rows = reading.rows(sa.select(of.sequence, of.hash).where(of.sequence.in_(sorted(sequences))))
        return {row["sequence"]: row["hash"] for row in rows}

    return count, last, hashes


def _entries(reading: Reading) -> Iterator[Entry]:
    of, after = LEDGER.c, -(2**62)
    while True:
        rows = reading.rows(
            sa.select(LEDGER).where(of.sequence > after).order_by(of.sequence).limit(_AT_ONCE)
        )
        if not rows:
            return
        yield from (entry_of(row) for row in rows)
        after = rows[-1]["sequence"]


def _records(reading: Reading, last: dict[str, str], found: list[Fault]) -> None:
    """Compare decisions, programmes and outcomes with what the ledger last vouched for."""
    now: dict[str, str] = {}
    for row in reading.rows(sa.select(DECISIONS)):
        decision = effects.decision_of(row)
        now[decision.id] = record_hash(decision)
    for programme in exemption.all_of(reading):
        now[f"programme/{programme.name}"] = record_hash(programme)
    of = CASES.c
    for row in reading.rows(sa.select(of.id, of.outcome).where(of.outcome.is_not(None))):
        now[f"outcome/{row['id']}"] = record_hash({"case": row["id"], "outcome": row["outcome"]})
    kinds = ("dec-", "programme/", "outcome/")
    for name in sorted(now.keys() | {one for one in last if one.startswith(kinds)}):
        if name not in last:
            text = f"{name} is there, and the ledger does not know of it"
        elif name not in now and not name.startswith("outcome/"):
            text = f"{name} was written down, and is gone"
        elif name in now and now[name] != last[name]:
            text = f"{name} is not as it was last written down: it was changed past the ledger"
        else:
            continue
        found.append(Fault(sequence=0, text=text))


def _read_checkpoints(path: Path | None, found: list[Fault]) -> Iterator[Checkpoint]:
    if path is None or not path.exists():
        return
    with path.open("rb") as lines:
        for line in lines:
            try:
                yield msgspec.json.decode(line, type=Checkpoint)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                found.append(Fault(sequence=0, text=f"{path}: a line is no checkpoint: {error}"))


def _check(one: Checkpoint, known: str | None, public_keys: frozenset[str], found: list[Fault]) -> None:
    body = {"at_s": one.at_s, "hash": one.hash, "sequence": one.sequence}
    if public_keys and one.public_key not in public_keys:
        text = f"checkpoint {one.sequence} is signed by a key that is not ours: {one.public_key[:16]}"
    elif not signed_by(one.public_key, one.signature, canonical(body)):
        text = f"the signature of checkpoint {one.sequence} does not hold"
    elif known is None:
        text = f"entry {one.sequence} was signed, and is gone"
    elif known != one.hash:
        text = f"entry {one.sequence} is not the one that was signed"
    else:
        return
    found.append(Fault(sequence=one.sequence, text=text))
