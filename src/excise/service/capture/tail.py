"""Log files are followed: through rotation, truncation and restarts, never past a line half written.

A file is known by its device, its inode and what it begins with. How far it was read is written down after
its lines were acknowledged: after a crash some are delivered again, and kept once.
"""

import asyncio
import contextlib
import glob
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from excise.errors import UnknownFormat
from excise.ingest.chunks import Chunk
from excise.ingest.sniffing import sniff
from excise.service.capture.client import Busy, Capture
from excise.service.capture.delivery import Delivery, Reply, Wire
from excise.service.logs import log
from excise.service.settings import Tail
from excise.store import durable

_LOOK_S = 0.5
_PORTION_BYTES = 2**20
_LONGEST_LINE = 16 * 2**20
_HEAD_BYTES = 256
_MOST_FILES = 1_000
_LINGER_S = 10.0


class Place(Struct, frozen=True):
    """How far one file was read: up to ``offset``. ``head`` is a keyed digest of its first ``head_bytes``."""

    device: int
    inode: int
    head: str
    head_bytes: int
    offset: int

    @property
    def name(self) -> str:
        """What it is written down under."""
        return f"{self.device}:{self.inode}"


class _Open(Struct):
    """A file that is followed. ``behind_s`` is since when no pattern names it any more.

    ``passing`` says that what comes is the rest of a line that is too long.
    """

    path: str
    descriptor: int
    place: Place
    tail: Tail
    format_name: str | None
    behind_s: float | None = None
    passing: bool = False


class Tails:
    """Follows files, and delivers their lines to capture.

    Args:
        tails: what to follow.
        places: the file that remembers how far each was read.
        capture: takes the lines.
        key: of the digests by which files are known again, 32 bytes.
    """

    def __init__(self, tails: Sequence[Tail], places: Path, capture: Capture, *, key: bytes) -> None:
        self._key = key
        self._tails = tuple(tails)
        self._path = places
        self._capture = capture
        self._places = _load(places)
        self._open: dict[tuple[int, int], _Open] = {}
        self._looked = False
        self._unknown: set[tuple[int, int]] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; without anything to follow, do nothing."""
        if self._tails:
            self._task = asyncio.get_running_loop().create_task(self._follow())

    async def stop(self) -> None:
        """End, and close the files."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        for one in self._open.values():
            os.close(one.descriptor)
        self._open.clear()

    async def _follow(self) -> None:
        while True:
            if not await self.turn():
                await asyncio.sleep(_LOOK_S)

    async def turn(self) -> bool:
        """Deliver what is new in every file, up to a portion each; say whether there was anything."""
        await asyncio.to_thread(self._look, asyncio.get_running_loop().time())
        any_new = False
        for key, one in list(self._open.items()):
            data = await asyncio.to_thread(self._portion, one)
            if data:
                any_new = await self._deliver(one, data) or any_new
            elif one.behind_s is not None and asyncio.get_running_loop().time() > one.behind_s + _LINGER_S:
                # Who wrote it has long opened the next one.
                os.close(one.descriptor)
                del self._open[key]
                self._places.pop(one.place.name, None)
        if any_new:
            await asyncio.to_thread(self._save)
        return any_new

    def _look(self, now_s: float) -> None:
        """Find the files that there are, and those whose name was given to another."""
        there: dict[tuple[int, int], tuple[str, Tail]] = {}
        for tail in self._tails:
            for path in sorted(glob.glob(tail.path))[:_MOST_FILES]:  # noqa: PTH207 - the pattern may be absolute
                _note(there, path, tail)
        for key, one in self._open.items():
            one.behind_s = None if key in there else one.behind_s or now_s
        if not self._looked:
            self._looked = True
            self._find_renamed(there)
        for key, (path, tail) in there.items():
            if key not in self._open:
                self._begin(key, path, tail)

    def _find_renamed(self, there: dict[tuple[int, int], tuple[str, Tail]]) -> None:
        """Find files that were followed before this start and have another name since: their rest counts."""
        for tail in self._tails:
            folder = Path(tail.path).parent
            with contextlib.suppress(OSError):
                for entry in os.scandir(folder):
                    if entry.is_file(follow_symlinks=False) and _name_of(entry.stat()) in self._places:
                        _note(there, entry.path, tail)

    def _begin(self, key: tuple[int, int], path: str, tail: Tail) -> None:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            return
        found = os.fstat(descriptor)
        place = self._places.get(_name_of(found))
        if place is None or not self._is_same(place, descriptor):
            place = self._placed(descriptor, 0)
        self._open[key] = _Open(path, descriptor, place, tail, tail.format)

    def _placed(self, descriptor: int, offset: int) -> Place:
        found = os.fstat(descriptor)
        head = os.pread(descriptor, _HEAD_BYTES, 0)
        return Place(found.st_dev, found.st_ino, self._digest(head), len(head), offset)

    def _is_same(self, place: Place, descriptor: int) -> bool:
        """Say whether a file still begins as it did, and is not shorter than it was read."""
        if os.fstat(descriptor).st_size < place.offset:
            return False
        head = os.pread(descriptor, place.head_bytes, 0)
        return self._digest(head) == place.head

    def _digest(self, head: bytes) -> str:
        return hashlib.blake2b(head, key=self._key, digest_size=16).hexdigest()

    def _portion(self, one: _Open) -> bytes:
        """Return whole lines from where a file was read to; a line that is longer than allowed is passed."""
        try:
            if not self._is_same(one.place, one.descriptor):
                log("truncated", file=one.path)
                one.place = self._placed(one.descriptor, 0)
            elif one.place.head_bytes < _HEAD_BYTES:
                one.place = self._placed(one.descriptor, one.place.offset)
            data = os.pread(one.descriptor, _PORTION_BYTES, one.place.offset)
            end = data.rfind(b"\n") + 1
            if not end and len(data) == _PORTION_BYTES:
                data = os.pread(one.descriptor, _LONGEST_LINE, one.place.offset)
                end = data.rfind(b"\n") + 1
                if not end and len(data) == _LONGEST_LINE:
                    log("a line is longer than is read", file=one.path, offset=one.place.offset)
                    one.passing = True
                    end = len(data)
        except OSError:
            return b""
        return data[:end]

    async def _deliver(self, one: _Open, data: bytes) -> bool:
        """Deliver lines until they are taken, and move on."""
        size = len(data)
        if one.passing:  # of a line that is too long: up to its end
            cut = data.find(b"\n") + 1
            one.passing = not cut
            size = cut or size
            data = b""
        if data.strip() and self._is_named(one, data):
            assert one.format_name is not None
            source = one.tail.source or one.format_name
            await self._taken(Delivery(0, Wire.TAIL, one.format_name, source, "", data))
        one.place = msgspec.structs.replace(one.place, offset=one.place.offset + size)
        self._places[one.place.name] = one.place
        return True

    def _is_named(self, one: _Open, data: bytes) -> bool:
        if one.format_name is None:
            with contextlib.suppress(UnknownFormat):
                one.format_name = sniff(Chunk(file=one.path, data=data))
        key = (one.place.device, one.place.inode)
        if one.format_name is None and key not in self._unknown:
            self._unknown.add(key)
            log("no format recognizes its lines; name one in the settings", file=one.path)
        return one.format_name is not None

    async def _taken(self, delivery: Delivery) -> Reply:
        while True:
            try:
                reply = await self._capture.deliver(delivery)
            except Busy as busy:
                await asyncio.sleep(busy.retry_after_s)
                continue
            if reply.retry_after_s is None:
                return reply
            await asyncio.sleep(reply.retry_after_s)

    def _save(self) -> None:
        with contextlib.suppress(OSError):  # a full disk: what was read is read again, and kept once
            durable.replace(self._path, msgspec.json.encode(self._places))


def _load(path: Path) -> dict[str, Place]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Place])
    except (FileNotFoundError, msgspec.MsgspecError):
        return {}


def _note(there: dict[tuple[int, int], tuple[str, Tail]], path: str, tail: Tail) -> None:
    with contextlib.suppress(OSError):
        found = Path(path).stat()
        there.setdefault((found.st_dev, found.st_ino), (path, tail))


def _name_of(found: os.stat_result) -> str:
    return f"{found.st_dev}:{found.st_ino}"
