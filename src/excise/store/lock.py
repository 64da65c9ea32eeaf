"""One process at a time writes to a store."""

import fcntl
import os
import socket
import threading
from pathlib import Path

from excise.errors import StoreBusy

# A POSIX lock belongs to the process: it would grant itself the same lock twice, and lose it with any
# descriptor that it closes. So the process has to know what it holds.
_held_here: dict[str, int] = {}
_guard = threading.Lock()


class WriterLock:
    """The right to write to a store, held through ``<store>/writer.lock``.

    It is a POSIX record lock: it goes with the process, however that ends, and worker processes do not
    inherit it. The file names the holder for people to read; the lock itself is in the operating system.

    Raises:
        StoreBusy: another process, or another place in this one, holds it.
    """

    def __init__(self, store: Path) -> None:
        self._path = store / "writer.lock"
        self._name = str(self._path.resolve())
        with _guard:
            if self._name in _held_here:
                raise StoreBusy(
                    f"{store}: this process ({os.getpid()}) is already writing to the store; close that first"
                )
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            _held_here[self._name] = descriptor
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            holder = os.read(descriptor, 200).decode("utf-8", "replace").strip()
            self.release()
            raise StoreBusy(
                f"{store}: process {holder or 'unknown'} is writing to the store; wait until it is done, "
                "or give this scan a store of its own with --store"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} on {socket.gethostname()}\n".encode(), 0)

    def release(self) -> None:
        """Let others write; a second time does nothing."""
        with _guard:
            descriptor = _held_here.pop(self._name, None)
            if descriptor is not None:
                os.close(descriptor)
