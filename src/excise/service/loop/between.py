"""What lies between two accounts: each kind of tie, what it says, what is missing, and what a link takes.

A link that was kept says why; a pair that was not linked is asked about anew, from the store. How rare a
value is gets counted in all of it. How alike two accounts are is measured among some others, as a turn does,
so a weight may differ a little from that of the last judgement of everything.
"""

from collections.abc import Collection
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from excise.linking.carried import Carried, Evidence, gather
from excise.linking.link import ties
from excise.linking.overlapping import overlapping
from excise.linking.ties import BLOCKS, Pairs, Resemblance, SharedValue
from excise.linking.weighing import MOST_CARRIERS, REST
from excise.open_folder import purpose
from excise.store.portion import Portion
from excise.store.tables import Asked

Word = Literal["for", "against", "silent", "apart", "missing", "common"]

_PANEL = 150
_ROWS = 40_000


class Speaks(Struct, frozen=True, kw_only=True):
    """What one kind of tie says of two accounts.

    ``word``: it speaks ``for`` or ``against`` one owner; is ``silent``; both have a value and not the same
    (``apart``); one or both have none (``missing``); they share one that too many have (``common``).
    """

    tie: str
    block: str
    what: str
    word: Word
    weight: float
    says: str


class Between(Struct, frozen=True, kw_only=True):
    """All of it. ``together`` is what the ties come to, ``price_bits`` what two strangers have to pay.

    A link is kept where ``weight`` is above 0.
    """

    ties: tuple[Speaks, ...]
    together: float
    price_bits: float

    @property
    def weight(self) -> float:
        """What is left when the price is paid."""
        return self.together - self.price_bits


class _Everyone(NamedTuple):
    """How many owners there are, and which accounts of the store are one of them."""

    owners: int
    mates: Collection[str]


def between(store: Asked, portion: Portion, one: str, other: str, *, mates: Collection[str] = ()) -> Between:
    """Ask every kind of tie about two accounts.

    Args:
        store: what is asked.
        portion: is filled with the two, and with others to compare them with.
        one: an account.
        other: another.
        mates: accounts that are held to have one owner already; they count once.
    """
    kinds = ties()
    _fill(store, portion, one, other)
    evidence = gather(kinds, portion)
    names = evidence.accounts.to_pylist()
    found: list[Speaks] = []
    owners = _count(store)
    everyone = _Everyone(owners, mates)
    for name, tie in kinds.items():
        what = purpose(tie)
        said: tuple[Word, float, str]
        if one not in names or other not in names:
            said = "missing", 0.0, "of one of them, nothing is in the store"
        elif isinstance(tie, SharedValue):
            said = _shared(
                store, tie, evidence.carried[name], (names.index(one), names.index(other)), everyone
            )
        elif isinstance(tie, Resemblance):
            said = _alike(tie, evidence, name, one, other)
        else:
            continue
        word, weight, says = said
        found.append(
            Speaks(tie=name, block=tie.block, what=what, word=word, weight=round(weight, 2), says=says)
        )
    return Between(
        ties=tuple(sorted(found, key=lambda one: (-one.weight, one.word, one.tie))),
        together=round(_together(found), 2),
        price_bits=round(float(np.log2(max(owners, 2))), 2),
    )


def _fill(store: Asked, portion: Portion, one: str, other: str) -> None:
    """Fill the portion with two accounts and ordinary company."""
    tables = store.tables
    seen = tables.observations.filter(tables.observations.account.notnull())
    busy = store.run(seen.group_by("account").agg(n=seen.count()).order_by("account"))
    everyone = busy["account"].to_pylist()
    step = max(1, len(everyone) // _PANEL)
    names = sorted({one, other, *everyone[::step]})
    rows = store.run(seen.filter(seen.account.isin(names)).limit(_ROWS + len(names)))
    mine = store.run(seen.filter(seen.account.isin([one, other])).limit(_ROWS))
    rest = rows.filter(pc.invert(pc.is_in(rows["account"], pa.array([one, other], pa.string()))))
    portion.fill(
        observations=pa.concat_tables([mine, rest.select(mine.column_names)]),
        accounts=store.run(tables.accounts),
        addresses=store.run(tables.addresses),
        releases=store.run(tables.releases),
    )


def _count(store: Asked) -> int:
    seen = store.tables.observations
    return int(store.run(seen.agg(n=seen.account.nunique()))["n"][0].as_py())


def _shared(
    store: Asked,
    tie: SharedValue,
    carried: Carried,
    pair: tuple[int, int],
    everyone: _Everyone,
) -> tuple[Word, float, str]:
    """Return what a shared value says: it is the rarest of those that both carry that counts."""
    mine = [set(carried.value[carried.account == at].tolist()) for at in pair]
    if not mine[0] or not mine[1]:
        whose = "neither has any" if not (mine[0] or mine[1]) else "one of the two has none"
        return "missing", 0.0, f"{whose} in the log or the directory"
    owners, mates = everyone
    both = sorted(mine[0] & mine[1])
    if not both:
        return "apart", 0.0, f"each has its own ({len(mine[0]):,} and {len(mine[1]):,}), none in common"
    values = carried.names.take(pa.array(both))
    rows = tie.carriers(store.tables)
    rows = store.run(rows.filter(rows.value.isin(values.to_pylist())).select("account", "value").distinct())
    fewest = len(mates) + owners
    for value in values.to_pylist():
        who = set(rows.filter(pc.equal(rows["value"], value))["account"].to_pylist())
        fewest = min(fewest, len(who.difference(mates)) + (not who.isdisjoint(mates)))
    if fewest > MOST_CARRIERS:
        return "common", 0.0, f"they share one, and so do {fewest:,} owners: it says nothing"
    weight = min(float(np.log2(tie.agreement * owners / max(fewest, 1))), tie.most)
    if weight <= 0:
        return "common", 0.0, f"they share one, and so do {fewest:,} of {owners:,} owners"
    return "for", weight, f"they share {len(both):,}; the rarest has {fewest:,} owners of {owners:,}"


def _alike(tie: Resemblance, evidence: Evidence, name: str, one: str, other: str) -> tuple[Word, float, str]:
    """Return what a resemblance says, measured among those that the portion holds."""
    traits, among = evidence.traits[name], len(evidence.accounts)
    known = set(traits["account"].to_pylist())
    if one not in known or other not in known:
        return "missing", 0.0, "the log or the directory does not say it of both"
    at = [evidence.accounts.index(account).as_py() for account in (one, other)]
    pairs = Pairs(evidence.accounts, np.array([min(at)]), np.array([max(at)]))
    weight = float(tie.weights(traits, pairs)[0])
    if abs(weight) < 0.05:
        return "silent", 0.0, f"no more and no less alike than any two of {among:,} accounts"
    return "for" if weight > 0 else "against", weight, f"compared with {among:,} accounts"


def _together(found: list[Speaks]) -> float:
    """Combine the ties block by block, as linking does: in each the strongest, and a part of the others."""
    total = 0.0
    for block in BLOCKS:
        inside = [np.array([one.weight]) for one in found if one.block == block]
        if inside:
            total += float(overlapping(inside, rest=REST)[0])
    return total
