"""The deployment secret: what makes a keyed hash of words useless to whoever has only the data.

It is made on first use, lives apart from the data in a file that only its owner can read, and can be rotated:
while an old and a new key overlap, exchanges are observed under both and questions are asked of the older,
which has the longer memory. When the old key has retired, its rows are removed from the store and its secret
from the file.
"""

import fcntl
import hashlib
import hmac
import os
import stat
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import msgspec
import platformdirs
from msgspec import Struct

from excise.errors import BadSetting

_SECRET_BYTES = 32
_VERSION = 1
_HEADER = """\
# The deployment secret of Excise. Whoever has it can test guesses against what the store keeps of words.
# Keep it apart from the store, back it up, and share it with nobody: a store is of no use without it.
"""


def secret_file() -> Path:
    """Return where the secret is kept: where ``EXCISE_SECRET_FILE`` says, or among the user's settings."""
    named = os.environ.get("EXCISE_SECRET_FILE")
    return Path(named) if named else platformdirs.user_config_path("excise") / "secret.toml"


class Key:
    """One secret and the time it serves.

    Args:
        secret: 32 random bytes.
        created_at_s: epoch seconds.
        retires_at_s: epoch seconds from which on nothing is observed or asked under it; None while that is
            not set.

    It shows only its ``id``, and refuses to be pickled or copied into a record by accident: where it has to
    reach another process, send ``to_bytes()`` and say ``from_bytes`` there.

    >>> key = Key(bytes(32), created_at_s=0.0)
    >>> key
    Key(id='9a96c06a')
    >>> Key.from_bytes(key.to_bytes()) == key
    True
    >>> key.derive("record") == key.derive("sketch")
    False
    """

    __slots__ = ("created_at_s", "id", "retires_at_s", "secret")

    def __init__(self, secret: bytes, *, created_at_s: float, retires_at_s: float | None = None) -> None:
        if len(secret) != _SECRET_BYTES:
            raise BadSetting(f"a deployment secret has {_SECRET_BYTES} bytes, this one {len(secret)}")
        self.secret = secret
        self.id = hashlib.blake2b(b"key id", key=secret, digest_size=4).hexdigest()
        self.created_at_s = created_at_s
        self.retires_at_s = retires_at_s

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose: BLAKE2b in its keyed mode (RFC 7693) of the purpose's name."""
        return hashlib.blake2b(purpose.encode(), key=self.secret, digest_size=_SECRET_BYTES).digest()

    def lives_at(self, now_s: float) -> bool:
        """Say whether the key has not retired at a moment (epoch seconds)."""
        return self.retires_at_s is None or now_s < self.retires_at_s

    def to_bytes(self) -> bytes:
        """Return all of the key, secret included, for a worker process of the same user."""
        return msgspec.msgpack.encode((self.secret, self.created_at_s, self.retires_at_s))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Key":
        """Return the key that ``to_bytes`` packed."""
        secret, created, retires = msgspec.msgpack.decode(data, type=tuple[bytes, float, float | None])
        return cls(secret, created_at_s=created, retires_at_s=retires)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and hmac.compare_digest(self.to_bytes(), other.to_bytes())

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Key(id={self.id!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled by accident: send key.to_bytes() and say Key.from_bytes there")


class Keyring:
    """The living keys of a deployment, at the moment it was opened.

    Attributes:
        id: 8 hex characters that name the deployment; they outlive every rotation.
        keys: living keys, the oldest first.
        retired: ids of keys whose time has passed; their rows may go.

    >>> ring = Keyring.in_memory(bytes(32))
    >>> ring.reading, ring.writing
    (Key(id='9a96c06a'), (Key(id='9a96c06a'),))
    """

    __slots__ = ("_lasting", "_path", "id", "keys", "retired")

    def __init__(
        self, keys: tuple[Key, ...], *, lasting: bytes, retired: frozenset[str], path: Path | None = None
    ) -> None:
        self.keys = keys
        self.retired = retired
        self.id = Key(lasting, created_at_s=0.0).id
        self._lasting = lasting
        self._path = path

    @classmethod
    def open(
        cls, path: Path | None = None, *, now_s: float, made_of: Callable[[int], bytes] = os.urandom
    ) -> "Keyring":
        """Read the secret file, making it where there is none yet. Processes that make it at once agree.

        Args:
            path: the file; ``secret_file()`` where None.
            now_s: the present, in epoch seconds.
            made_of: gives the bytes of a new secret; only where there is nothing to protect, as in a demo,
                may they be the same every time.

        Raises:
            BadSetting: others than the owner can read the file, or it is not a secret file.
        """
        path = secret_file() if path is None else path
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _held(path):
                if not path.exists():
                    first = _Entry(secret=made_of(_SECRET_BYTES).hex(), created_at_s=now_s)
                    _write(path, _File(lasting=made_of(_SECRET_BYTES).hex(), keys=[first]))
        return cls._of(_read(path), path, now_s)

    @classmethod
    def in_memory(cls, secret: bytes, *, created_at_s: float = 0.0) -> "Keyring":
        """Return a ring of one given key that is kept in no file, for trials and tests."""
        key = Key(secret, created_at_s=created_at_s)
        return cls((key,), lasting=key.derive("lasting"), retired=frozenset())

    @property
    def reading(self) -> Key:
        """The key under which questions are asked: the oldest, for its rows reach back the farthest."""
        return self.keys[0]

    @property
    def writing(self) -> tuple[Key, ...]:
        """The keys under which a new exchange is observed: all that live, the oldest first."""
        return self.keys

    def to_bytes(self) -> bytes:
        """Return all of the ring, secrets included, for a worker process of the same user.

        >>> ring = Keyring.in_memory(bytes(32))
        >>> again = Keyring.from_bytes(ring.to_bytes())
        >>> (again.id, again.keys) == (ring.id, ring.keys)
        True
        """
        keys = [key.to_bytes() for key in self.keys]
        return msgspec.msgpack.encode((keys, self._lasting, sorted(self.retired)))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Keyring":
        """Return the ring that ``to_bytes`` packed, kept in no file."""
        keys, lasting, retired = msgspec.msgpack.decode(data, type=tuple[list[bytes], bytes, list[str]])
        return cls(tuple(map(Key.from_bytes, keys)), lasting=lasting, retired=frozenset(retired))

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for a purpose that outlives every rotation, such as knowing what was forgotten."""
        return hashlib.blake2b(purpose.encode(), key=self._lasting, digest_size=_SECRET_BYTES).digest()

    def rotate(self, *, now_s: float, overlap_s: float) -> "Keyring":
        """Make a new key; those before it retire ``overlap_s`` seconds from now, or when already set.

        Secrets that have retired by now are removed from the file.

        Raises:
            BadSetting: the ring is kept in no file, or its file is not in order.
        """
        path = self._file()
        with _held(path):
            file = _read(path)
            ends_s = now_s + overlap_s
            kept = [
                msgspec.structs.replace(
                    entry,
                    retires_at_s=ends_s if entry.retires_at_s is None else min(ends_s, entry.retires_at_s),
                )
                for entry in file.keys
            ]
            kept.append(_Entry(secret=os.urandom(_SECRET_BYTES).hex(), created_at_s=now_s))
            _write(path, _without_retired(msgspec.structs.replace(file, keys=kept), now_s))
        return Keyring._of(_read(path), path, now_s)

    def retire(self, *, now_s: float) -> "Keyring":
        """Remove the secrets of retired keys from the file; what they keyed can never be tested again.

        Raises:
            BadSetting: the ring is kept in no file, or its file is not in order.
        """
        path = self._file()
        with _held(path):
            file = _read(path)
            left = _without_retired(file, now_s)
            if left != file:
                _write(path, left)
        return Keyring._of(left, path, now_s)

    def _file(self) -> Path:
        if self._path is None:
            raise BadSetting(
                "this deployment secret is kept in no file, so it cannot be rotated; open one from a file"
            )
        return self._path

    @classmethod
    def _of(cls, file: "_File", path: Path, now_s: float) -> "Keyring":
        keys = [entry.key() for entry in file.keys]
        living = tuple(key for key in keys if key.lives_at(now_s))
        past = frozenset(file.retired) | {key.id for key in keys if not key.lives_at(now_s)}
        return cls(living, lasting=bytes.fromhex(file.lasting), retired=past, path=path)

    def __repr__(self) -> str:
        return f"Keyring(id={self.id!r}, keys={self.keys!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a keyring is not pickled by accident: send to_bytes() of it, or of the key that a worker needs"
        )


class _Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One key as the file holds it."""

    secret: str
    created_at_s: float
    retires_at_s: float | None = None

    def key(self) -> Key:
        return Key(bytes.fromhex(self.secret), created_at_s=self.created_at_s, retires_at_s=self.retires_at_s)

    def __repr__(self) -> str:
        return "_Entry()"


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    """The secret file. ``lasting`` is never rotated; ``retired`` are the ids of keys that are no more."""

    lasting: str
    keys: list[_Entry]
    retired: list[str] = []
    version: int = _VERSION

    def __repr__(self) -> str:
        return "_File()"


def _without_retired(file: _File, now_s: float) -> _File:
    keys = {entry: entry.key() for entry in file.keys}
    gone = [key.id for key in keys.values() if not key.lives_at(now_s)]
    living = [entry for entry, key in keys.items() if key.lives_at(now_s)]
    return msgspec.structs.replace(file, keys=living, retired=[*file.retired, *gone])


def _read(path: Path) -> _File:
    way_out = (
        "name another with --secret-file or EXCISE_SECRET_FILE, or restore it from a back-up; a store that "
        "was written with it cannot be asked without it"
    )
    if not path.is_file():
        raise BadSetting(f"{path}: this is no file; {way_out}")
    mode = path.stat().st_mode
    try:
        file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
        entries = [entry.key() for entry in file.keys]
        in_order = file.version == _VERSION and len(bytes.fromhex(file.lasting)) == _SECRET_BYTES
    except (ValueError, BadSetting):
        raise BadSetting(f"{path}: this is not a secret file of Excise; {way_out}") from None
    if not in_order or not any(key.retires_at_s is None for key in entries):
        raise BadSetting(f"{path}: this secret file has no active key, or is of another version; {way_out}")
    # Last, for nobody is to be told to close a file that is something else.
    if stat.S_IMODE(mode) & 0o077:
        raise BadSetting(
            f"{path}: others than its owner can read the deployment secret; say: chmod 600 {path} "
            "(and, if they may have read it, excise rekey)"
        )
    return file


def _write(path: Path, file: _File) -> None:
    lines = [_HEADER, f"version = {file.version}", f'lasting = "{file.lasting}"']
    lines.append(f"retired = [{', '.join(repr(key) for key in file.retired)}]")
    for entry in file.keys:
        lines += ["", "[[keys]]", f'secret = "{entry.secret}"', f"created_at_s = {entry.created_at_s!r}"]
        if entry.retires_at_s is not None:
            lines.append(f"retires_at_s = {entry.retires_at_s!r}")
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
        out.flush()
        os.fsync(out.fileno())
    new.replace(path)


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Let one process at a time change the file; the lock goes with the process that holds it."""
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
