"""What has to be done every so often while the service runs, each in a thread of its own.

Notices wait for servers of others, and nothing else is to wait for them. What fails is counted, written down,
and done again when it is due next.
"""

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from excise.casework.notify.delivery import deliver
from excise.casework.policy import Policy
from excise.errors import BadSetting
from excise.observation.signing import Signer
from excise.service.folder import Folder
from excise.service.logs import log_error

if TYPE_CHECKING:
    from excise.casework.state import State

NOTICES_EVERY_S = 2.0
CHECKPOINT_EVERY_S = 300.0
FORGET_EVERY_S = 3_600.0

_SAID_AGAIN_AFTER = 100


class Chore(Struct, frozen=True):
    """One thing to do: its name in metrics, how often, and how."""

    name: str
    every_s: float
    do: Callable[[], object]


class Kept(Struct):
    """How a chore goes: how often it was done and failed, and when it was last done (seconds that rise)."""

    done: int = 0
    failed: int = 0
    done_at_s: float | None = None


class Upkeep:
    """Does chores, until it is stopped.

    Args:
        chores: what to do.
        clock: seconds that only rise.
    """

    def __init__(self, chores: Sequence[Chore], *, clock: Callable[[], float]) -> None:
        self.kept = {chore.name: Kept() for chore in chores}
        self._clock = clock
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep, args=(chore,), name=f"excise {chore.name}", daemon=True)
            for chore in chores
        ]

    def start(self) -> None:
        """Do each once, and again when it is due."""
        for thread in self._threads:
            thread.start()

    def stop(self, *, within_s: float) -> None:
        """Begin nothing more, and wait for what is being done; a notice that hangs is sent next time."""
        self._over.set()
        until_s = self._clock() + within_s
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, until_s - self._clock()))

    def failed(self) -> Mapping[str, float]:
        """Return how often each chore failed."""
        return {name: kept.failed for name, kept in self.kept.items()}

    def ages_s(self) -> Mapping[str, float]:
        """Return how long ago each chore was last done; without those that never were."""
        now_s = self._clock()
        return {
            name: now_s - kept.done_at_s for name, kept in self.kept.items() if kept.done_at_s is not None
        }

    def _keep(self, chore: Chore) -> None:
        kept = self.kept[chore.name]
        while not self._over.is_set():
            try:
                chore.do()
            except Exception as error:  # noqa: BLE001 - the outermost: it is counted, and written down without words
                kept.failed += 1
                if kept.failed % _SAID_AGAIN_AFTER == 1:
                    log_error(f"{chore.name} failed", error)
            else:
                kept.done += 1
                kept.done_at_s = self._clock()
            self._over.wait(chore.every_s)


class Notices:
    """Sends notices as the policy that stands in the folder now says.

    Args:
        state: whose outbox.
        folder: holds the policy.
        policy: what holds until it is read again.
        clock: epoch seconds.

    Attributes:
        sent, failed: how many notices were sent, and how often one could not be.
    """

    def __init__(self, state: "State", folder: Folder, policy: Policy, *, clock: Callable[[], float]) -> None:
        self.sent = self.failed = 0
        self._state, self._folder, self._policy, self._clock = state, folder, policy, clock

    def __call__(self) -> None:
        """Send what is due."""
        # The loop says of whom to tell by the policy as it stands; while it is wrong, the one before holds.
        with contextlib.suppress(BadSetting, OSError):
            self._policy = self._folder.read_policy()
        delivered = deliver(self._state, self._policy, now_s=self._clock())
        self.sent += delivered.sent
        self.failed += delivered.failed

    def fates(self) -> Mapping[str, float]:
        """Return how many notices were sent, and how often one could not be."""
        return {"sent": self.sent, "failed": self.failed}


def chores(
    state: "State", folder: Folder, notices: Notices, *, clock: Callable[[], float]
) -> tuple[Chore, ...]:
    """Return what a service has to do.

    Args:
        state: of the deployment.
        folder: its data folder.
        notices: sends what waits in the outbox.
        clock: epoch seconds.
    """

    def checkpoint() -> None:
        signer = Signer.open(folder.signing)
        state.ledger.checkpoint(signer, now_s=clock(), outside=folder.checkpoints)

    def forget() -> None:
        state.effects.forget_lifted(now_s=clock())

    return (
        Chore("notices", NOTICES_EVERY_S, notices),
        Chore("checkpoint", CHECKPOINT_EVERY_S, checkpoint),
        Chore("forgetting of what was lifted", FORGET_EVERY_S, forget),
    )
