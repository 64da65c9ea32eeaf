"""The data folder: what is where in it, and what a first run makes.

secret.toml       the deployment secret
seal.public       closes what only the private part opens
seal.pem          the private part, under a passphrase; may be kept elsewhere
references.key    what appeals refer with
policy.toml       what is done about whom
excise.db         the state, unless it is in PostgreSQL
ledger.jsonl      the ledger a second time
journal/          what was acknowledged, until the store has it, and the spool of words
store/            observations
rejected.jsonl    records that could not be read
tail.json         how far followed logs were read
exhibits/         sealed files
checkpoints.jsonl the ledger's checkpoints, outside the database
ledger.pem          what these are signed with
"""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from excise.casework import policy
from excise.casework.policy import Policy
from excise.casework.sealing import Opener
from excise.errors import BadSetting
from excise.observation.secret import Keyring
from excise.store import durable

_PASSPHRASE_WORDS = 24
_REFERENCE_BYTES = 64


class Begun(Struct, frozen=True):
    """What a first run made: the passphrase of the seal's private part, None where one was given."""

    made: bool
    passphrase: str | None = None

    def __repr__(self) -> str:
        return f"Begun({self.made})"


class Folder:
    """A data folder.

    Args:
        path: where it is; made by ``begin``.
        secret_file: the deployment secret; inside the folder where None.
    """

    def __init__(self, path: Path, *, secret_file: Path | None = None) -> None:
        self.path = path
        self.secret = secret_file or path / "secret.toml"
        self.seal = path / "seal.public"
        self.opener = path / "seal.pem"
        self.references = path / "references.key"
        self.policy = path / "policy.toml"
        self.ledger = path / "ledger.jsonl"
        self.journal = path / "journal"
        self.store = path / "store"
        self.rejected = path / "rejected.jsonl"
        self.tail = path / "tail.json"
        self.exhibits = path / "exhibits"
        self.checkpoints = path / "checkpoints.jsonl"
        self.signing = path / "ledger.pem"

    @property
    def database(self) -> str:
        """The address of the state where no other is named."""
        return f"sqlite:///{self.path / 'excise.db'}"

    def begin(self, *, now_s: float, passphrase: str | None = None) -> Begun:
        """Make what is not there yet. Processes that begin at once agree.

        Args:
            now_s: epoch seconds.
            passphrase: of the seal's private part; drawn where None.

        Raises:
            BadSetting: the folder cannot be made, or holds something else.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BadSetting(f"{self.path}: {error.strerror}; name another with --data") from None
        there = {entry.name for entry in self.path.iterdir()}
        if there and not there & {self.seal.name, self.secret.name, "journal", "excise.db", "scan", "log"}:
            raise BadSetting(
                f"{self.path}: this folder is no data folder, and not empty; name another: --data"
            )
        Keyring.open(self.secret, now_s=now_s)
        drawn = None
        if not self.seal.exists():
            drawn = passphrase or "-".join(_chunks(secrets.token_hex(_PASSPHRASE_WORDS), 8))
            opener, seal = Opener.generate()
            opener.write(self.opener, drawn)
            seal.write(self.seal.with_suffix(durable.UNFINISHED))
            self.seal.with_suffix(durable.UNFINISHED).replace(self.seal)
        if not self.references.exists():
            _write_secret(self.references, secrets.token_bytes(_REFERENCE_BYTES))
        if not self.policy.exists():
            durable.replace(self.policy, policy.shipped_text().encode())
        self.journal.mkdir(mode=0o700, exist_ok=True)
        durable.sync(self.path)
        return Begun(drawn is not None, None if passphrase else drawn)

    def reference_key(self) -> bytes:
        """Return the key of references.

        Raises:
            BadSetting: it is damaged.
        """
        key = self.references.read_bytes()
        if len(key) != _REFERENCE_BYTES:
            raise BadSetting(f"{self.references}: this is no key of references; restore it from a back-up")
        return key

    def read_policy(self) -> Policy:
        """Read the policy.

        Raises:
            BadSetting: it is not in order.
        """
        return policy.read(self.policy)


def _chunks(text: str, size: int) -> Sequence[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def _write_secret(path: Path, data: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
