"""A shelf: a million effects in compact columns, each found in a microsecond, none ever changed.

Rows stand in the order of a 64-bit hash of their keys. The leading bits of a hash say where its rows begin,
and the whole key is compared: two subjects whose hashes are equal stand beside each other and are never
taken for each other. The hash has a seed of its own, so that nobody who chooses names can choose where they
stand. Texts (key, decision, actor) stand in one long piece of bytes; kind, reason, limits and degradation are
few and are kept once. A new shelf is made from an old one by copying the runs between the changes.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from excise.casework.decision import Degradation, Effect, Kind, Limits, Scope
from excise.enforcement.keys import key_of, subject_of, width_of
from excise.errors import NotInstalled

_AT_ONCE = 1 << 16

COLUMNS = {
    "hashes": "<u8",
    "key_bytes": "<u4",
    "decision_bytes": "<u4",
    "actor_bytes": "<u4",
    "terms": "<u4",
    "starts_at_s": "<f8",
    "until_s": "<f8",
}
"""The columns of a shelf, and how a snapshot writes them."""


class Terms(Struct, frozen=True, kw_only=True):
    """What many effects have in common."""

    scope: Scope
    simulated: bool
    kind: Kind
    reason_code: str
    limits: Limits | None
    degradation: Degradation | None
    with_actor: bool


class Shelf:
    """Effects, found by their keys.

    Args:
        seed: of the hash.
        texts: key, decision and actor of every row, one after another.
        columns: as ``COLUMNS`` says, shape (rows,), in the order of the hashes.
        terms: what the column of that name counts.
    """

    def __init__(
        self, seed: int, texts: bytes, columns: Mapping[str, NDArray[Any]], terms: tuple[Terms, ...]
    ) -> None:
        self.seed = seed
        self.texts = texts
        self.columns = dict(columns)
        self.terms = terms
        hashes = self.columns["hashes"]
        self._hash = _hasher()
        bits = max(len(hashes).bit_length() - 1, 0)
        self._shift = 64 - bits if bits else 63
        firsts = np.arange((1 << (64 - self._shift)) + 1, dtype=np.uint64)
        at = np.searchsorted(hashes, firsts[:-1] << np.uint64(self._shift))
        # Scalars are read from memoryviews: an element of a NumPy array costs five times as much.
        self._first = _view(np.append(at, len(hashes)).astype(np.uint32))
        sizes = sum(self.columns[name].astype(np.int64) for name in _TEXTS)
        self._begin = _view(np.concatenate(([0], np.cumsum(sizes, dtype=np.int64))))
        self._key_bytes = _view(self.columns["key_bytes"])
        self.widths = frozenset(self._widths())

    def __len__(self) -> int:
        return len(self._key_bytes)

    @property
    def bytes_held(self) -> int:
        """How many bytes it holds."""
        own = sum(column.nbytes for column in self.columns.values())
        return own + len(self.texts) + self._first.nbytes + self._begin.nbytes

    def row(self, key: bytes) -> int | None:
        """Return where a key stands."""
        place = self._hash(key, self.seed) >> self._shift
        size = len(key)
        for row in range(self._first[place], self._first[place + 1]):
            if self._key_bytes[row] == size and self.texts.startswith(key, self._begin[row]):
                return row
        return None

    def effect(self, row: int) -> Effect:
        """Return the effect that stands in a row."""
        key, decision, actor = self._texts(row)
        scope, subject = subject_of(key)
        terms = self.terms[int(self.columns["terms"][row])]
        return Effect(
            scope=scope,
            subject=subject,
            simulated=terms.simulated,
            decision=decision.decode(),
            kind=terms.kind,
            starts_at_s=float(self.columns["starts_at_s"][row]),
            until_s=float(self.columns["until_s"][row]),
            reason_code=terms.reason_code,
            actor=actor.decode("utf-8", "surrogatepass") if terms.with_actor else None,
            limits=terms.limits,
            degradation=terms.degradation,
        )

    def rows(self) -> Iterator[tuple[bytes, Effect]]:
        """Yield every key with its effect."""
        for row in range(len(self)):
            begin = self._begin[row]
            yield self.texts[begin : begin + self._key_bytes[row]], self.effect(row)

    def ended(self, *, after_s: float, by_s: float) -> Iterator[Effect]:
        """Yield the effects whose time ended after a moment and by another."""
        until = self.columns["until_s"]
        for row in np.flatnonzero((until > after_s) & (until <= by_s)):
            yield self.effect(int(row))

    def begun(self, *, after_s: float, by_s: float) -> Iterator[Effect]:
        """Yield the effects whose time began after a moment and by another."""
        starts = self.columns["starts_at_s"]
        for row in np.flatnonzero((starts > after_s) & (starts <= by_s)):
            yield self.effect(int(row))

    def merged(self, changed: Mapping[bytes, Effect | None], *, at_s: float) -> "Shelf":
        """Return a shelf with what changed, and without what has ended.

        Args:
            changed: the effect of each key that is new or another, None of one for which nothing holds.
            at_s: effects that ended by then are left out.
        """
        added = _Rows(self.seed, self.terms)
        for key, effect in changed.items():
            if effect is not None and effect.until_s > at_s:
                added.put(key, effect)
        gone = self.columns["until_s"] <= at_s
        for key in changed:
            row = self.row(key)
            if row is not None:
                gone[row] = True
        return self._with(added.sorted(), np.flatnonzero(gone))

    def _with(self, added: "Shelf", gone: NDArray[np.intp]) -> "Shelf":
        kept_hashes = np.delete(self.columns["hashes"], gone)
        at = np.searchsorted(kept_hashes, added.columns["hashes"])
        columns = {
            name: np.insert(np.delete(column, gone), at, added.columns[name])
            for name, column in self.columns.items()
        }
        # Where in the old rows each new one goes: past as many rows as were left out before it.
        kept = np.delete(np.arange(len(self)), gone)
        old_at = np.append(kept, len(self))[at]
        cuts = sorted([(int(row), 1, 0) for row in gone] + [(int(row), 0, n) for n, row in enumerate(old_at)])
        whole, other = memoryview(self.texts), memoryview(added.texts)
        pieces, row = [], 0
        for cut, leaves, n in cuts:
            pieces.append(whole[self._begin[row] : self._begin[cut]])
            row = cut + leaves
            if not leaves:
                pieces.append(other[added._begin[n] : added._begin[n + 1]])  # noqa: SLF001 - another shelf
        pieces.append(whole[self._begin[row] :])
        return Shelf(self.seed, b"".join(pieces), columns, added.terms)

    def _texts(self, row: int) -> tuple[bytes, bytes, bytes]:
        begin, end = self._begin[row], self._begin[row + 1]
        key_end = begin + self._key_bytes[row]
        decision_end = key_end + int(self.columns["decision_bytes"][row])
        return self.texts[begin:key_end], self.texts[key_end:decision_end], self.texts[decision_end:end]

    def _widths(self) -> Iterator[tuple[int, int]]:
        addresses = [n for n, terms in enumerate(self.terms) if terms.scope is Scope.ADDRESS]
        for row in np.flatnonzero(np.isin(self.columns["terms"], addresses)) if addresses else ():
            width = width_of(self._texts(int(row))[0])
            if width is not None:
                yield width


def _view(column: NDArray[Any]) -> "memoryview[int]":
    return memoryview(column)  # type: ignore[arg-type]  # the stubs of NumPy for Python 3.11 do not say so


_TEXTS = ("key_bytes", "decision_bytes", "actor_bytes")


def shelf_of(effects: Iterable[Effect], *, seed: int) -> Shelf:
    """Return a shelf that holds effects; of several with one key the last."""
    rows = _Rows(seed, ())
    for effect in effects:
        rows.put(key_of(effect.scope, effect.subject), effect)
    return rows.sorted()


class _Rows:
    """Rows in the order in which they come, not yet a shelf."""

    def __init__(self, seed: int, terms: tuple[Terms, ...]) -> None:
        self._seed = seed
        self._hash = _hasher()
        self._terms = {one: n for n, one in enumerate(terms)}
        self._texts = bytearray()
        self._columns: dict[str, array[Any]] = {name: array(_CODES[form]) for name, form in COLUMNS.items()}

    def put(self, key: bytes, effect: Effect) -> None:
        """Add one."""
        actor = b"" if effect.actor is None else effect.actor.encode("utf-8", "surrogatepass")
        decision = effect.decision.encode()
        terms = Terms(
            scope=effect.scope,
            simulated=effect.simulated,
            kind=effect.kind,
            reason_code=effect.reason_code,
            limits=effect.limits,
            degradation=effect.degradation,
            with_actor=effect.actor is not None,
        )
        self._texts += key
        self._texts += decision
        self._texts += actor
        columns = self._columns
        columns["hashes"].append(self._hash(key, self._seed))
        columns["key_bytes"].append(len(key))
        columns["decision_bytes"].append(len(decision))
        columns["actor_bytes"].append(len(actor))
        columns["terms"].append(self._terms.setdefault(terms, len(self._terms)))
        columns["starts_at_s"].append(effect.starts_at_s)
        columns["until_s"].append(effect.until_s)

    def sorted(self) -> Shelf:
        """Return the shelf; of several rows with one key, the last."""
        columns = {name: np.frombuffer(self._columns[name], dtype=form) for name, form in COLUMNS.items()}
        sizes = sum(columns[name].astype(np.int64) for name in _TEXTS)
        begin = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
        order = np.argsort(columns["hashes"], kind="stable")
        order = self._last_of_each(order, columns, begin)
        texts = bytearray()
        whole = bytes(self._texts)
        for first in range(0, len(order), _AT_ONCE):
            rows = order[first : first + _AT_ONCE]
            ends = zip(begin[rows].tolist(), begin[rows + 1].tolist(), strict=True)
            texts += b"".join([whole[start:end] for start, end in ends])
        del whole
        picked = {name: column[order] for name, column in columns.items()}
        return Shelf(self._seed, bytes(texts), picked, tuple(self._terms))

    def _last_of_each(
        self, order: NDArray[np.intp], columns: Mapping[str, NDArray[Any]], begin: NDArray[np.int64]
    ) -> NDArray[np.intp]:
        hashes = columns["hashes"][order]
        twins = np.flatnonzero(hashes[1:] == hashes[:-1])
        if not len(twins):
            return order
        key_bytes = columns["key_bytes"]

        def key(row: int) -> bytes:
            return bytes(self._texts[begin[row] : begin[row] + int(key_bytes[row])])

        # Rows of one hash stand in the order in which they came: a later row of the same key outranks.
        ends = [*np.flatnonzero(np.diff(twins) > 1) + 1, len(twins)]
        drop: list[int] = []
        for first, last in pairwise([0, *ends]):
            group = range(int(twins[first]), int(twins[last - 1]) + 2)
            latest = {key(int(order[place])): place for place in group}
            drop += set(group) - set(latest.values())
        return np.delete(order, drop)


_CODES = {"<u8": "Q", "<u4": "I", "<f8": "d"}


def _hasher() -> Callable[[bytes, int], int]:
    try:
        import xxhash  # noqa: PLC0415 - of the extra
    except ImportError:
        raise NotInstalled(
            "enforcement stands on the package xxhash; pip install 'excise[serve]' brings it"
        ) from None
    return xxhash.xxh3_64_intdigest
