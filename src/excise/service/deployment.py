"""A deployment as the command line meets it: data folder, state and policy, opened beside the service."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from excise.casework.policy import Policy
from excise.casework.state import State
from excise.errors import BadSetting
from excise.observation.secret import Keyring
from excise.observation.signing import Signer
from excise.service.folder import Folder


class Deployment(NamedTuple):
    """A deployment that is open."""

    folder: Folder
    state: State
    policy: Policy

    def signer(self) -> Signer:
        """Return the key that signs the ledger, made on first use."""
        return Signer.open(self.folder.signing)


@contextmanager
def opened(data: Path, database: str | None, *, now_s: float) -> Iterator[Deployment]:
    """Open the deployment of a data folder.

    Args:
        data: the folder; ``excise serve`` has made it.
        database: the address of its state; inside the folder where None.
        now_s: epoch seconds.

    Raises:
        BadSetting: the folder is none, or its policy is not in order.
        StateUnreachable: the database does not answer.
    """
    folder = Folder(data)
    if not folder.secret.exists():
        raise BadSetting(f"{data}: this is no data folder; name that of excise serve with --data")
    secret = Keyring.open(folder.secret, now_s=now_s).derive("state")
    with State.open(database or folder.database, secret=secret, now_s=now_s, outside=folder.ledger) as state:
        yield Deployment(folder, state, folder.read_policy())
