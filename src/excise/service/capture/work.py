"""Deliveries become one group of the journal, and a reply each: nothing is said before it is on disk."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from excise.errors import ExciseError, UnknownFormat
from excise.ingest.chunks import Chunk
from excise.ingest.decoding import format_of
from excise.ingest.sniffing import sniff
from excise.observation.secret import Keyring
from excise.service.capture import bodies, otlp
from excise.service.capture.delivery import Counts, Delivery, Reply, Wire
from excise.service.capture.observing import Fate, Observers, Observing, Stream, Told
from excise.service.capture.recent import Recent
from excise.service.capture.rejected import Refused, RejectedFile
from excise.service.journal.forgotten import Forgotten
from excise.service.journal.group import Rows, words_of
from excise.service.journal.writer import JournalFull, JournalSettings, JournalWriter
from excise.service.refusals import problem

RETRY_S = 5.0
"""After how long a sender is asked to try again."""

_MOST_RESULTS = 10_000


class Result(Struct, frozen=True, omit_defaults=True):
    """What became of one record; ``record`` counts those of the request from 0."""

    record: int
    status: str
    reason: str = ""


class Answered(Struct, frozen=True):
    """The reply to a capture request: how many records became what, and those that were not accepted."""

    accepted: int
    duplicate: int
    rejected: int
    skipped: int
    results: tuple[Result, ...]


class Asked(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether exchanges were captured of late: their source, and their ids as the gateway gave them."""

    source: str
    ids: Annotated[tuple[str, ...], Meta(max_length=1_000)]


class Known(Struct, frozen=True):
    """Whether an exchange was captured of late, and whether with its words."""

    id: str
    captured: bool
    words: bool


class Captured(Struct, frozen=True):
    """What is known of each exchange that was asked for."""

    exchanges: tuple[Known, ...]


class Plan(Struct, frozen=True, kw_only=True):
    """What the process that observes is told when it starts.

    Attributes:
        journal: the journal's folder.
        secret_file: the deployment secret.
        seal_file: the public part of the seal; None keeps no words.
        rejected_file: where rejected records are written down.
        settings: of the journal.
        unpacked_bytes: the most that one body may hold when it is unpacked.
        account_fields: of which source which field is the account; the format's own for others.
    """

    journal: str
    secret_file: str
    seal_file: str | None
    rejected_file: str
    settings: JournalSettings
    unpacked_bytes: int = 64 * 2**20
    account_fields: Mapping[str, str] = {}


class Work:
    """Takes deliveries into the journal.

    Args:
        plan: where all is.
        clock: epoch seconds, and never goes back: what was accepted by it is not refused for its time later.
    """

    def __init__(self, plan: Plan, clock: Callable[[], float]) -> None:
        self._plan = plan
        self._clock = clock
        self._keyring = Keyring.open(Path(plan.secret_file), now_s=clock())
        journal = Path(plan.journal)
        self._forgotten = Forgotten(journal, self._keyring.derive("forgotten"))
        self.writer = JournalWriter(journal, self._forgotten, plan.settings)
        self._rejected = RejectedFile(Path(plan.rejected_file))
        self._seal = _seal_of(plan)
        self._recent = Recent()
        self.refresh()

    def refresh(self) -> None:
        """Look whether keys were rotated or accounts forgotten, and remove what is over."""
        self._keyring = Keyring.open(Path(self._plan.secret_file), now_s=self._clock())
        keys = tuple(key.id for key in self._keyring.writing)
        if getattr(self, "_keys", None) != keys:
            self._keys = keys
            self._observers = Observers(self._keyring.writing)
        self._retention = self._forgotten.retention()
        self.writer.sweep(now_s=self._clock())

    def take(self, deliveries: Sequence[Delivery]) -> list[Reply]:
        """Take bodies in, all in one group, and return their replies. The disk has them by then."""
        at_s = self._clock()
        observing = Observing(self._observers, recent=self._recent, retention=self._retention, latest_s=at_s)
        told = [
            [] if delivery.wire is Wire.ASKED else self._read(delivery, observing) for delivery in deliveries
        ]
        seen = observing.finish()
        full: JournalFull | None = None
        if seen.fresh:
            words = words_of(seen.said, self._seal, at_s=at_s) if self._seal is not None else None
            try:
                self.writer.append(Rows(at_s, len(seen.fresh), seen.batches), words)
            except JournalFull as error:
                full = error
            else:
                self._recent.add(seen.fresh, wordless=seen.wordless)
        return [self._reply(one, fates, at_s, full) for one, fates in zip(deliveries, told, strict=True)]

    def _read(self, delivery: Delivery, observing: Observing) -> "list[Told] | ExciseError":
        try:
            body = bodies.unpacked(delivery.body, delivery.packing, most_bytes=self._plan.unpacked_bytes)
            lines = _records(body, delivery.wire)
            name = delivery.format_name or _shown(lines)
            source = delivery.source or name
            field = self._plan.account_fields.get(source) or format_of(name).account_field
            stream = Stream(name, source, field)
            return [observing.add(stream, line) for line in lines]
        except ExciseError as error:
            return error

    def _reply(
        self, delivery: Delivery, told: "list[Told] | ExciseError", at_s: float, full: JournalFull | None
    ) -> Reply:
        wire = delivery.wire
        if wire is Wire.ASKED:
            return self._known(delivery)
        if isinstance(told, ExciseError):
            status = 413 if isinstance(told, bodies.TooMuch) else 400
            return Reply(delivery.number, status, _problem(str(told), wire, again=False), Counts())
        counts = _counted(told)
        if full is not None and counts.accepted:
            text = "there is no room to keep what was sent; try again later"
            return Reply(delivery.number, 503, _problem(text, wire, again=True), Counts(), RETRY_S)
        refused = [(number, one) for number, one in enumerate(told) if one.fate is Fate.REJECTED]
        self._rejected.add(
            [
                Refused(at_s, delivery.source, delivery.format_name, number + 1, one.reason)
                for number, one in refused
            ]
        )
        if wire in (Wire.OTLP_JSON, Wire.OTLP_PROTOBUF):
            body = otlp.reply(counts, wire, refused[0][1].reason if refused else "")
        else:
            body = msgspec.json.encode(_answered(counts, told))
        return Reply(delivery.number, 200, body, counts)

    def _known(self, delivery: Delivery) -> Reply:
        """Say which exchanges arrived of late, and which of these without their words."""
        try:
            asked = msgspec.json.decode(delivery.body, type=Asked)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            text = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            return Reply(delivery.number, 400, problem(text, "unreadable"), Counts())
        stream = Stream("", asked.source, "user")
        records = self._observers.records(stream, asked.ids) if asked.ids else []
        found = Captured(
            tuple(
                Known(
                    one,
                    record in self._recent,
                    record in self._recent and not self._recent.is_wordless(record),
                )
                for one, record in zip(asked.ids, records, strict=True)
            )
        )
        return Reply(delivery.number, 200, msgspec.json.encode(found), Counts())

    def close(self) -> None:
        """Let go of the journal."""
        self.writer.close()


def _records(body: bytes, wire: Wire) -> Sequence[bytes]:
    if wire in (Wire.OTLP_JSON, Wire.OTLP_PROTOBUF):
        # To its end first: an export that is malformed further on is refused as a whole.
        return list(otlp.records(body, wire))
    return bodies.records(body)


def _shown(lines: Sequence[bytes]) -> str:
    """Return the format that the first records of a body show."""
    try:
        name = sniff(
            Chunk(file="the body", data=b"\n".join(b" ".join(line.split(b"\n")) for line in lines[:20]))
        )
    except UnknownFormat:
        name = None
    if name is None:
        raise bodies.Malformed("no format recognizes the records; say which: ?format= or X-Excise-Format")
    return name


def _counted(told: Sequence[Told]) -> Counts:
    counts = Counts()
    for one in told:
        match one.fate:
            case Fate.ACCEPTED:
                counts.accepted += 1
            case Fate.DUPLICATE:
                counts.duplicate += 1
            case Fate.REJECTED:
                counts.rejected += 1
            case Fate.SKIPPED:
                counts.skipped += 1
        counts.without_account += one.without_account
    return counts


def _answered(counts: Counts, told: Sequence[Told]) -> Answered:
    others = (
        Result(number, one.fate.name.lower(), one.reason)
        for number, one in enumerate(told)
        if one.fate is not Fate.ACCEPTED
    )
    results = tuple(result for result, _ in zip(others, range(_MOST_RESULTS), strict=False))
    return Answered(counts.accepted, counts.duplicate, counts.rejected, counts.skipped, results)


def _problem(text: str, wire: Wire, *, again: bool) -> bytes:
    if wire in (Wire.OTLP_JSON, Wire.OTLP_PROTOBUF):
        return otlp.failure(text, wire, again=again)
    return problem(text, "no_room" if again else "unreadable")


def _seal_of(plan: Plan) -> "Callable[[bytes], bytes] | None":
    if plan.seal_file is None or plan.settings.spool_days <= 0:
        return None
    from excise.casework.sealing import Seal  # noqa: PLC0415 - of the extra

    return Seal.public(Path(plan.seal_file)).seal
