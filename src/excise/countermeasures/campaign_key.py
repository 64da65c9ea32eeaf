"""A master secret, and from it a key for each campaign, so that a watermark says whose harvest it was.

The master secret is made on first use, in a file that only its owner can read. Campaign keys are derived from
it by HKDF (RFC 5869, SHA-256) and a campaign's name: whoever has one learns nothing of the others, and a lost
key file is made again from the master. A key file holds one campaign's key with everything that is needed to
read its watermark: the scheme, its settings, and which tokenizer the serving model cuts text with.
"""

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import msgspec
import platformdirs
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from excise.errors import BadSetting

SECRET_BYTES = 32
KIND = "excise-watermark-key-1"
_MOST_NAME = 200


def master_file() -> Path:
    """Return where the master is: where ``EXCISE_WATERMARK_SECRET`` says, or among the user's settings."""
    named = os.environ.get("EXCISE_WATERMARK_SECRET")
    return Path(named) if named else platformdirs.user_config_path("excise") / "watermark.secret"


class CampaignKey:
    """The key of one campaign. It shows only the campaign's name and an id.

    >>> key = Master(bytes(32)).campaign("campaign-7")
    >>> key
    CampaignKey('campaign-7', id='c10f346b')
    """

    __slots__ = ("campaign", "secret")

    def __init__(self, campaign: str, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise BadSetting(f"the key of a campaign has {SECRET_BYTES} bytes, this one {len(secret)}")
        self.campaign = campaign
        self.secret = secret

    @property
    def id(self) -> str:
        """8 hex characters that name the key and give nothing of it away."""
        return derive(self.secret, "id", size=4).hex()

    def __repr__(self) -> str:
        return f"CampaignKey({self.campaign!r}, id={self.id!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled by accident: write a key file and read it there")


class Master:
    """The secret that all campaign keys come from. It shows nothing of itself."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise BadSetting(f"a master secret has {SECRET_BYTES} bytes, this one {len(secret)}")
        self._secret = secret

    @classmethod
    def open(cls, path: Path | None = None) -> "Master":
        """Read the master secret, making it where there is none yet.

        Raises:
            BadSetting: others than the owner can read it, or it is no such secret.
        """
        path = master_file() if path is None else path
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileExistsError):  # another process made it meanwhile
                _write_private(path, os.urandom(SECRET_BYTES).hex().encode() + b"\n")
        text = read_private(path)
        try:
            secret = bytes.fromhex(text.decode().strip())
        except ValueError:
            secret = b""
        if len(secret) != SECRET_BYTES:
            raise BadSetting(
                f"{path}: this is no master secret of Excise; restore it from a back-up: without it the keys "
                "of campaigns cannot be made again"
            )
        return cls(secret)

    def campaign(self, name: str) -> CampaignKey:
        """Return the key of a campaign, the same every time.

        Raises:
            BadSetting: the name is empty, or longer than 200 characters.
        """
        if not 0 < len(name) <= _MOST_NAME:
            raise BadSetting(f"a campaign's name has 1 to {_MOST_NAME} characters, this one {len(name)}")
        return CampaignKey(name, derive(self._secret, f"campaign {name}"))

    def __repr__(self) -> str:
        return "Master()"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a master secret is not pickled: open it where it is needed")


class KeyFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A campaign's key as a file, JSON that only its owner can read.

    Attributes:
        campaign: whose replies were marked with it.
        countermeasure: a watermark, by its name among ``countermeasures/changes``.
        settings: of the watermark, names and values as text.
        secret: the campaign's key, 64 hexadecimal characters.
        tokenizer: the ``tokenizer.json`` of the model that served, from the key file's folder.
        tokenizer_sha256: of that file, so that another one is noticed; "" where not known.
    """

    campaign: str
    countermeasure: str
    settings: dict[str, str]
    secret: str
    tokenizer: str
    tokenizer_sha256: str = ""
    kind: str = KIND

    @property
    def key(self) -> CampaignKey:
        """The campaign's key."""
        return CampaignKey(self.campaign, bytes.fromhex(self.secret))

    @classmethod
    def of(
        cls,
        key: CampaignKey,
        *,
        countermeasure: str,
        settings: tuple[tuple[str, str], ...],
        tokenizer: Path,
    ) -> "KeyFile":
        """Describe a key and what reads its watermark.

        Raises:
            BadSetting: the tokenizer's file cannot be read.
        """
        return cls(
            campaign=key.campaign,
            countermeasure=countermeasure,
            settings=dict(settings),
            secret=key.secret.hex(),
            tokenizer=str(tokenizer.resolve()),
            tokenizer_sha256=_sha256(tokenizer),
        )

    def write(self, path: Path) -> None:
        """Write the file, for its owner only.

        Raises:
            BadSetting: there is one already: a key that was used is not overwritten.
        """
        try:
            _write_private(path, msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")
        except FileExistsError:
            raise BadSetting(f"{path} is there already; a key that was used is not overwritten") from None

    @classmethod
    def read(cls, path: Path) -> "KeyFile":
        """Read a key file.

        Raises:
            BadSetting: it is not there, not one, or others than its owner can read it.
        """
        try:
            file = msgspec.json.decode(read_private(path), type=cls)
            in_order = file.kind == KIND and len(bytes.fromhex(file.secret)) == SECRET_BYTES
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
            raise BadSetting(f"{path}: no key file ({error}); make it again from the master") from None
        if not in_order:
            raise BadSetting(f"{path}: this key file is of another kind, or its key is cut short")
        return file

    def tokenizer_file(self, path: Path) -> Path:
        """Return where the tokenizer is, for a key file at ``path``.

        Raises:
            BadSetting: it is not there, or not the one that the key was made for: marks would be read at
                other tokens than they were written at.
        """
        found = path.parent / self.tokenizer
        if self.tokenizer_sha256 and _sha256(found) != self.tokenizer_sha256:
            raise BadSetting(
                f"{found} is another tokenizer than the one that campaign {self.campaign} was marked with; "
                f"name the serving model's tokenizer.json in {path}"
            )
        return found

    def __repr__(self) -> str:
        return f"KeyFile({self.campaign!r}, {self.countermeasure!r}, id={self.key.id!r})"


def derive(secret: bytes, purpose: str, *, size: int = SECRET_BYTES) -> bytes:
    """Return ``size`` bytes for one purpose: HKDF with SHA-256 and the purpose's name as its context.

    >>> derive(bytes(32), "a") == derive(bytes(32), "b")
    False
    """
    return HKDF(SHA256(), length=size, salt=b"excise watermark", info=purpose.encode()).derive(secret)


def read_private(path: Path) -> bytes:
    """Read a file that only its owner may read.

    Raises:
        BadSetting: it is not there, or others can read it.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        data = path.read_bytes()
    except OSError as error:
        raise BadSetting(f"{path}: {error.strerror}; name a key file") from None
    if mode & 0o077:
        raise BadSetting(
            f"{path}: others than its owner can read this key; say: chmod 600 {path} "
            "(and, if they may have read it: they can imitate its watermark, so take another key)"
        )
    return data


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise BadSetting(f"{path}: {error.strerror}; name the serving model's tokenizer.json") from None


def _write_private(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read, whole or not at all."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.link(new, path)  # unlike a rename, it leaves alone what another process made meanwhile
    finally:
        new.unlink()
