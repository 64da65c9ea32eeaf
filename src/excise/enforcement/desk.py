"""The desk: where a gateway asks what to do with a request, and is answered at once.

It holds the table, the budgets, the clock and the settings, and a short memory of changes, so that clients
and bouncers refresh by what changed. While the service is down it goes on with what it has; ``fail`` says
what happens when it has nothing, or, with ``stale_after_s``, nothing of late.
"""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from excise.casework.decision import Changes, Effect, Lifted, Scope
from excise.enforcement.budgets import Budgets
from excise.enforcement.caller import Caller, Identity
from excise.enforcement.decide import ALLOWED, DOWN, Action, Answer, decide, owner_of, severest
from excise.enforcement.references import References
from excise.enforcement.refusals import Refusal, Wording, refusal
from excise.enforcement.table import DecisionTable
from excise.errors import BadSetting

_MOST_REMEMBERED = 100_000
_RETRY_S = 5.0


class DeskSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a desk answers.

    Attributes:
        fail: what happens to requests when no table was ever there, or it is too old: ``open`` lets them
            through, ``closed`` answers 503.
        stale_after_s: from which age on a table is too old; None: the last one holds, decisions end by
            themselves.
        share: of the limits of throttles, which share this process gives out (``Budgets``).
        identity: where in a request the caller stands.
        wording: what refused callers read.
    """

    fail: Literal["open", "closed"] = "open"
    stale_after_s: float | None = None
    share: float = 1.0
    identity: Identity = Identity()
    wording: Wording = Wording()


class Desk:
    """Answers, from memory.

    Args:
        table: the table; one thread applies changes through the desk.
        references: makes the references of refusals; None leaves them out.
        clock: epoch seconds.
        settings: how it answers.
    """

    def __init__(
        self,
        table: DecisionTable,
        *,
        references: References | None,
        clock: Callable[[], float],
        settings: DeskSettings | None = None,
    ) -> None:
        self.settings = settings or DeskSettings()
        self.settings.wording.checked()
        if not 0 < self.settings.share <= 1:
            raise BadSetting(f"share: {self.settings.share} is no share; use a number above 0, at most 1")
        self.table = table
        self.references = references
        self.clock = clock
        self.budgets = Budgets(share=self.settings.share)
        self.refreshed_at_s: float | None = clock() if table.filled else None
        self._actions: Counter[str] = Counter()
        self._journal: deque[Changes] = deque()
        self._remembered = 0
        self._forgotten = table.sequence
        self._writing = threading.Lock()

    @property
    def identity(self) -> Identity:
        """Where in a request the caller stands."""
        return self.settings.identity

    @property
    def actions(self) -> Mapping[str, int]:
        """How many requests were answered with each action; simulated ones as ``simulated`` and the kind."""
        return dict(self._actions)

    @property
    def sequence(self) -> int:
        """Up to where in the history of effects it knows them."""
        return self.table.sequence

    @property
    def knows_end_users(self) -> bool:
        """Whether any decision is about an end user: if none is, nobody need read bodies to find one."""
        return self.table.knows(Scope.END_USER)

    def decide(self, caller: Caller) -> Answer:
        """Return what to do with a request, and take it from its budget."""
        at_s = self.clock()
        if self._blind(at_s):
            answer = self._without_table()
        else:
            answer = decide(caller, self.table, self.budgets, at_s=at_s)
        self._actions[answer.action] += 1
        for one in answer.simulated:
            self._actions[f"simulated {one.kind}"] += 1
        return answer

    def charge(self, caller: Caller, tokens: int) -> None:
        """Take the tokens of a reply that is over from the budget that it counts against, if there is any."""
        at_s = self.clock()
        held = self.table.held(
            accounts=caller.accounts, end_user=caller.end_user_subject, address=caller.address, at_s=at_s
        )
        effect = severest(held.live)
        if effect is not None and effect.limits is not None:
            self.budgets.charge(owner_of(effect), effect.limits, tokens, at_s=at_s)

    def refusal(self, answer: Answer) -> Refusal:
        """Return what a refused caller is sent."""
        reference = None
        if (
            self.references is not None
            and answer.decision is not None
            and answer.action is not Action.THROTTLE
        ):
            reference = self.references.make(answer.decision, answer.subject or "")
        return refusal(answer, self.settings.wording, reference=reference)

    def apply(self, changes: Changes) -> bool:
        """Apply what changed; see ``DecisionTable.apply``."""
        with self._writing:
            at_s = self.clock()
            before = self.table.sequence
            applied = self.table.apply(changes, at_s=at_s)
            self.refreshed_at_s = at_s
            if not changes.whole and changes.sequence == before:
                return applied
            if changes.whole:
                self._forget(changes.sequence)
            elif applied:
                self._remember(changes)
            return applied

    def fill(self, effects: Iterator[Effect], *, sequence: int) -> None:
        """Replace the table by a whole one; see ``DecisionTable.fill``."""
        with self._writing:
            self.table.fill(effects, sequence=sequence)
            self.refreshed_at_s = self.clock()
            self._forget(sequence)

    def since(self, sequence: int) -> Changes | None:
        """Return what changed since a sequence number, or None where only the whole table says."""
        with self._writing:
            if not self._forgotten <= sequence <= self.table.sequence:
                return None
            latest: dict[tuple[str, str, bool], Effect | Lifted] = {}
            for changes in self._journal:
                if changes.sequence > sequence:
                    latest |= {(one.scope, one.subject, one.simulated): one for one in changes.lifted}
                    latest |= {(one.scope, one.subject, one.simulated): one for one in changes.effects}
            return Changes(
                sequence=self.table.sequence,
                whole=False,
                effects=tuple(one for one in latest.values() if isinstance(one, Effect)),
                lifted=tuple(one for one in latest.values() if isinstance(one, Lifted)),
            )

    def _remember(self, changes: Changes) -> None:
        self._journal.append(changes)
        self._remembered += len(changes.effects) + len(changes.lifted)
        while self._remembered > _MOST_REMEMBERED and self._journal:
            oldest = self._journal.popleft()
            self._remembered -= len(oldest.effects) + len(oldest.lifted)
            self._forgotten = oldest.sequence

    def _forget(self, sequence: int) -> None:
        self._journal.clear()
        self._remembered = 0
        self._forgotten = sequence

    def _blind(self, at_s: float) -> bool:
        if not self.table.filled or self.refreshed_at_s is None:
            return True
        stale_after_s = self.settings.stale_after_s
        return stale_after_s is not None and at_s - self.refreshed_at_s > stale_after_s

    def _without_table(self) -> Answer:
        if self.settings.fail == "open":
            return ALLOWED
        return Answer(action=Action.BLOCK, reason_code=DOWN, retry_after_s=_RETRY_S)
