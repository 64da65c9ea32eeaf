"""When everything is judged: beside the turns, in a process of its own, so that these go on."""

from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from pathlib import Path

from excise.observation.secret import Keyring
from excise.service.loop.whole import Settings, Whole, judge_aside, judge_whole, load, save
from excise.store.store import Store

_GROWTH = 1.2
_DAILY_S = 86_400.0
_SOONEST_S = 60.0


class Beside:
    """Judges everything when the store has grown by a fifth, and at least daily.

    So what is judged once more stands in proportion to what is new, however large the store is.

    Args:
        store: what is judged.
        keyring: its keys.
        out: the file that keeps the latest judgement.
        settings: see ``Settings``.
        aside: in another process; else within the turn.

    Attributes:
        failed: how the process ended that judged everything last; 0 is well.
    """

    def __init__(self, store: Store, keyring: Keyring, out: Path, *, settings: Settings, aside: bool) -> None:
        self._store, self._keyring, self._out = store, keyring, out
        self._settings, self._aside = settings, aside
        self._running: SpawnProcess | None = None
        self._ready: Whole | None = None
        self._judged_rows, self._judged_at_s = 0, float("-inf")
        self.failed = 0

    @property
    def running(self) -> bool:
        """Say whether everything is being judged."""
        return self._running is not None

    def latest(self) -> Whole | None:
        """Return the judgement that an earlier process kept."""
        whole = load(self._out)
        if whole is not None:
            self._judged_rows, self._judged_at_s = whole.held, whole.at_s
        return whole

    def consider(self, *, held: int, segment: int, now_s: float) -> None:
        """Begin to judge everything, if it is time.

        Args:
            held: how many observations the store has.
            segment: the number of its next segment.
            now_s: the present, epoch seconds.
        """
        grown = held >= _GROWTH * self._judged_rows and held > self._judged_rows
        waited_s = now_s - self._judged_at_s
        if self.running or not held or waited_s < _SOONEST_S or not (grown or waited_s >= _DAILY_S):
            return
        self._judged_rows, self._judged_at_s = held, now_s
        if self._aside:
            # Spawned, not forked: the engine has threads, which a fork would leave in the middle.
            self._running = get_context("spawn").Process(
                target=judge_aside,
                args=(self._store.path, self._keyring.to_bytes(), self._out),
                kwargs={"segment": segment, "held": held, "now_s": now_s, "settings": self._settings},
                daemon=True,
            )
            self._running.start()
            return
        self._ready = judge_whole(
            self._store, segment=segment, held=held, now_s=now_s, settings=self._settings
        )
        save(self._out, self._ready)

    def finished(self) -> Whole | None:
        """Return a judgement of everything that came to its end since this was last asked."""
        if self._running is not None and not self._running.is_alive():
            process, self._running = self._running, None
            process.join()
            # One that failed, perhaps for lack of memory, is begun again when the store has grown.
            self.failed = process.exitcode or 0
            return load(self._out) if not self.failed else None
        ready, self._ready = self._ready, None
        return ready

    def close(self) -> None:
        """End the process; a judgement that is not finished is begun again next time."""
        if self._running is not None:
            self._running.terminate()
            self._running.join()
            self._running = None
