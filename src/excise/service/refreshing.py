"""The table of decisions follows the state, and so do the tokens: in a thread, every fraction of a second.

While the state cannot be asked, what is known holds: each effect ends by itself when its time is over.
"""

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from excise.casework.decision import Changes, Effect
from excise.casework.refusals import StateUnreachable
from excise.enforcement.desk import Desk
from excise.service.logs import log_error
from excise.service.tokens import Gatekeeper

if TYPE_CHECKING:
    from excise.casework.state import State

_TOKENS_EVERY = 4
_AT_ONCE = 10_000


class Refreshing:
    """Keeps a desk and a gatekeeper as the state says.

    Args:
        state: is asked.
        desk, gatekeeper: are told.
        clock: seconds that only rise.
        every_s: how often.
    """

    def __init__(
        self,
        state: "State",
        desk: Desk,
        gatekeeper: Gatekeeper,
        *,
        clock: Callable[[], float],
        every_s: float = 0.25,
    ) -> None:
        self.failures = 0
        self._state = state
        self._desk = desk
        self._gatekeeper = gatekeeper
        self._clock = clock
        self._every_s = every_s
        self._over = threading.Event()
        self._refreshed_s: float | None = None
        self._thread = threading.Thread(target=self._keep, name="excise refresh", daemon=True)

    def start(self) -> None:
        """Know all once, and follow from then on.

        Raises:
            StateUnreachable: the state cannot be asked.
        """
        self._tokens()
        self._effects()
        self._thread.start()

    def stop(self) -> None:
        """Follow no more."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()

    def age_s(self) -> float | None:
        """Return how long ago the state was asked last, None where it never was."""
        return None if self._refreshed_s is None else self._clock() - self._refreshed_s

    def _keep(self) -> None:
        turn = 0
        while not self._over.wait(self._every_s):
            turn += 1
            try:
                self._effects()
                if turn % _TOKENS_EVERY == 0:
                    self._tokens()
            except StateUnreachable as error:
                self.failures += 1
                if self.failures % 100 == 1:
                    log_error("the state cannot be asked", error)

    def _tokens(self) -> None:
        self._gatekeeper.know(self._state.tokens.list())

    def _effects(self) -> None:
        effects, desk = self._state.effects, self._desk
        sequence = desk.sequence if desk.table.filled else 0
        # Before the first page: what changes while pages are read comes again as a change.
        latest = effects.sequence() if sequence == 0 else sequence
        changes = effects.since(sequence, most=_AT_ONCE)
        if changes.whole:
            if changes.effects or sequence or not desk.table.filled:
                desk.fill(self._pages(changes), sequence=latest)
        elif changes.sequence != sequence:
            desk.apply(changes)
        self._refreshed_s = self._clock()

    def _pages(self, first: Changes) -> Iterator[Effect]:
        """Yield the effects of a whole table, page by page."""
        changes = first
        while True:
            yield from changes.effects
            if not changes.more:
                return
            changes = self._state.effects.since(changes.sequence, most=_AT_ONCE)
