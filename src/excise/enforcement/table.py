"""The table of decisions: which effects hold now, for whom; looked up in microseconds.

Most of it stands on shelves that never change, what changed since in a small dictionary above them; when that
has grown, a new shelf is made of both. One thread applies changes; others may look things up meanwhile, and
see each change whole or not at all. An effect ends by itself when its time is over, whoever is down.
"""

from collections.abc import Iterator
from itertools import chain

from msgspec import Struct

from excise.casework.decision import Changes, Effect, Scope
from excise.enforcement.keys import key_of, keys_of_address, width_of
from excise.enforcement.shelf import Shelf, shelf_of

_MOST_ABOVE = 20_000
"""So many changes may stand above the shelf, and a sixteenth of it, before a new one is made."""


class Held(Struct, frozen=True):
    """What holds for a caller: effects to carry out, and those that are only written down."""

    live: tuple[Effect, ...] = ()
    simulated: tuple[Effect, ...] = ()


NOTHING = Held()


class _Layer:
    """Effects that are carried out, or those that are not."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.above: dict[bytes, Effect | None] = {}
        self.widths = shelf.widths
        self.scopes = {terms.scope for terms in shelf.terms} if len(shelf) else set()

    def find(self, key: bytes, at_s: float) -> Effect | None:
        above = self.above.get(key, self)
        if above is self:
            row = self.shelf.row(key)
            if row is None:
                return None
            found = self.shelf.effect(row)
        elif above is None:
            return None
        else:
            found = above  # type: ignore[assignment]  # it is neither the mark nor None
        return found if found.starts_at_s <= at_s < found.until_s else None

    def put(self, scope: Scope, key: bytes, effect: Effect | None) -> None:
        if effect is not None:
            # The scope first: who looks up meanwhile must not pass it by once the effect is there.
            self.scopes.add(scope)
            width = width_of(key)
            if width is not None and width not in self.widths:
                self.widths |= {width}
        self.above[key] = effect

    def effects(self) -> Iterator[Effect]:
        above = dict(self.above)
        yield from (effect for key, effect in self.shelf.rows() if key not in above)
        yield from (effect for effect in above.values() if effect is not None)


class DecisionTable:
    """The effects that hold, by subject.

    Args:
        seed: of the hash that places subjects; a deployment draws one, and keeps it to itself.

    >>> from excise.casework.decision import Kind
    >>> table = DecisionTable(seed=7)
    >>> block = Effect(scope=Scope.ACCOUNT, subject="acme", simulated=False, decision="dec-01",
    ...                kind=Kind.BLOCK, starts_at_s=0.0, until_s=100.0, reason_code="harvesting")
    >>> table.apply(Changes(sequence=1, whole=True, effects=(block,)), at_s=1.0)
    True
    >>> table.find(Scope.ACCOUNT, "acme", at_s=99.0) == block, table.find(Scope.ACCOUNT, "acme", at_s=100.0)
    (True, None)
    """

    def __init__(self, *, seed: int) -> None:
        self.seed = seed
        self.sequence = 0
        self.filled = False
        empty = shelf_of((), seed=seed)
        self._layers = (_Layer(empty), _Layer(empty))

    def __len__(self) -> int:
        """Return how many effects there are, whether their time has come or is over."""
        return sum(1 for layer in self._layers for _ in layer.above) + sum(
            len(layer.shelf) for layer in self._layers
        )

    @property
    def bytes_held(self) -> int:
        """How many bytes its shelves hold."""
        return sum(layer.shelf.bytes_held for layer in self._layers)

    def apply(self, changes: Changes, *, at_s: float) -> bool:
        """Apply changes; those that are older than what is here already change nothing.

        Returns:
            Whether they were applied. Applying the same ones again leaves the table as it was.
        """
        if changes.whole:
            self.fill(iter(changes.effects), sequence=changes.sequence)
            return True
        if changes.sequence < self.sequence:
            return False
        layers = self._layers
        for lifted in changes.lifted:
            layers[lifted.simulated].put(lifted.scope, key_of(lifted.scope, lifted.subject), None)
        for effect in changes.effects:
            layers[effect.simulated].put(effect.scope, key_of(effect.scope, effect.subject), effect)
        self.sequence = changes.sequence
        if any(len(one.above) > _MOST_ABOVE + len(one.shelf) // 16 for one in layers):
            self.settle(at_s=at_s)
        return True

    def fill(self, effects: Iterator[Effect], *, sequence: int) -> None:
        """Replace everything by the effects of a whole table, read one by one.

        An error of the iterator leaves the table as it was.
        """
        simulated: list[Effect] = []

        def live() -> Iterator[Effect]:
            for effect in effects:
                if effect.simulated:
                    simulated.append(effect)
                else:
                    yield effect

        shelf = shelf_of(live(), seed=self.seed)
        self.stand((shelf, shelf_of(simulated, seed=self.seed)), sequence=sequence)

    def stand(self, shelves: tuple[Shelf, Shelf], *, sequence: int) -> None:
        """Replace everything by shelves: what is carried out, and what is only written down."""
        self._layers = (_Layer(shelves[0]), _Layer(shelves[1]))
        self.sequence = sequence
        self.filled = True

    def settle(self, *, at_s: float) -> tuple[Shelf, Shelf]:
        """Make new shelves of everything, without what has ended, and return them."""
        live, simulated = (_Layer(one.shelf.merged(one.above, at_s=at_s)) for one in self._layers)
        self._layers = (live, simulated)
        return live.shelf, simulated.shelf

    def find(self, scope: Scope, subject: str, *, at_s: float, simulated: bool = False) -> Effect | None:
        """Return what holds for one subject."""
        return self._layers[simulated].find(key_of(scope, subject), at_s)

    def knows(self, scope: Scope) -> bool:
        """Say whether there is, or was lately, any effect of a scope: if not, nobody need look."""
        return any(scope in layer.scopes for layer in self._layers)

    def held(
        self, *, accounts: tuple[str, ...], end_user: str | None, address: str | None, at_s: float
    ) -> Held:
        """Return what holds for a caller.

        Args:
            accounts: the names that its account goes by.
            end_user: the subject of its end user (``excise.casework.decision.end_user_subject``).
            address: where it calls from.
            at_s: now.
        """
        of_live, of_simulated = self._layers
        live = self._of_layer(of_live, accounts, end_user, address, at_s) if of_live.scopes else ()
        simulated = (
            self._of_layer(of_simulated, accounts, end_user, address, at_s) if of_simulated.scopes else ()
        )
        return Held(live, simulated) if live or simulated else NOTHING

    def effects(self) -> Iterator[Effect]:
        """Yield every effect that is there."""
        return chain.from_iterable(layer.effects() for layer in self._layers)

    def ended(self, *, after_s: float, by_s: float) -> Iterator[Effect]:
        """Yield the effects to carry out whose time ended after a moment and by another."""
        layer = self._layers[0]
        yield from (one for one in layer.shelf.ended(after_s=after_s, by_s=by_s) if self._latest(one))
        yield from (
            one for one in list(layer.above.values()) if one is not None and after_s < one.until_s <= by_s
        )

    def begun(self, *, after_s: float, by_s: float) -> Iterator[Effect]:
        """Yield the effects to carry out whose time began after a moment and by another."""
        layer = self._layers[0]
        yield from (one for one in layer.shelf.begun(after_s=after_s, by_s=by_s) if self._latest(one))
        yield from (
            one for one in list(layer.above.values()) if one is not None and after_s < one.starts_at_s <= by_s
        )

    def _latest(self, effect: Effect) -> bool:
        return key_of(effect.scope, effect.subject) not in self._layers[0].above

    @staticmethod
    def _of_layer(
        layer: _Layer, accounts: tuple[str, ...], end_user: str | None, address: str | None, at_s: float
    ) -> tuple[Effect, ...]:
        found: list[Effect] = []
        scopes = layer.scopes
        if Scope.ACCOUNT in scopes:
            for account in accounts:
                effect = layer.find(key_of(Scope.ACCOUNT, account), at_s)
                if effect is not None:
                    found.append(effect)
        if end_user is not None and Scope.END_USER in scopes:
            effect = layer.find(key_of(Scope.END_USER, end_user), at_s)
            if effect is not None:
                found.append(effect)
        if address is not None and Scope.ADDRESS in scopes:
            for key in keys_of_address(address, layer.widths):
                effect = layer.find(key, at_s)
                if effect is not None:
                    found.append(effect)
        return tuple(found)
