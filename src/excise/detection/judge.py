"""Actors are judged: link, profile, weigh, calibrate. Programmes come after, in casework."""

import hashlib
from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from excise.behavior.profile import profile
from excise.detection.because import reasons
from excise.detection.calibration import Calibration, Reference, calibrate, reference
from excise.detection.campaign import Because, Verdict
from excise.detection.detectors import Detector
from excise.detection.weigher import Weighing, detectors, weigh
from excise.linking.census import Census
from excise.linking.link import Linking, link, ties
from excise.linking.link import Settings as LinkSettings
from excise.linking.ties import Tie
from excise.store.tables import Asked

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """``named_at_bits``: an actor is named a campaign from so many claimed bits on.

    Ten bits is one honest account in a thousand.
    """

    named_at_bits: float = 10.0
    linking: LinkSettings = LinkSettings()


class Judgement(Struct, frozen=True):
    """What detection says of every actor; ``actors`` gives the rows of ``bits`` and ``because``.

    ``members`` are the accounts of each actor, as positions in ``linking.evidence.accounts``.
    """

    settings: Settings
    ties: dict[str, Tie]
    detectors: dict[str, Detector]
    linking: Linking
    weighing: Weighing
    members: tuple[I64, ...]
    bits: F64
    because: tuple[tuple[Because, ...], ...]
    calibration: Calibration

    @property
    def actors(self) -> tuple[str, ...]:
        """The names of the actors, row by row."""
        return self.weighing.profiles.actors

    def accounts(self, row: int) -> tuple[str, ...]:
        """Return the names of an actor's accounts."""
        return tuple(self.linking.evidence.accounts.take(self.members[row]).to_pylist())

    def named(self, row: int) -> bool:
        """Say whether the evidence names an actor a campaign."""
        return bool(self.bits[row] >= self.settings.named_at_bits)

    def verdicts(self) -> tuple[Verdict, ...]:
        """Return the verdict on every account, sorted by account."""
        found = [
            Verdict(
                account=account,
                actor=actor,
                rank=round(float(self.weighing.rank[row]), 6),
                bits=round(float(self.bits[row]), 3),
                campaign=campaign_name(actor) if self.named(row) else None,
                verdict="distillation" if self.named(row) else "none",
                decided_at=None,
                because=self.because[row],
            )
            for row, actor in enumerate(self.actors)
            for account in self.accounts(row)
        ]
        return tuple(sorted(found, key=lambda verdict: verdict.account))


def judge(
    store: Asked,
    *,
    seed: int,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    against: Reference | None = None,
    census: Census | None = None,
    others: F64 | None = None,
    watch: Callable[[str], None] = lambda _: None,
) -> Judgement:
    """Judge the accounts of a store.

    Args:
        store: what is asked.
        seed: of the clustering; the same log, settings and seed give the same judgement.
        settings: see ``Settings``.
        against: honest ranks to calibrate on; the shipped reference by default.
        census: who else there is, where the store holds a part of the accounts only.
        others: the ranks of the actors that are not judged now, shape (actors,); claims are lowered by how
            high the whole log ranks.
        watch: called with a word on what happens now.
    """
    kinds, used = ties(), detectors()
    linking = link(store, seed=seed, settings=settings.linking, chosen=kinds, census=census, watch=watch)
    accounts = linking.evidence.accounts.to_pylist()
    owner = {
        account: actor_name(accounts[int(first)])
        for account, first in zip(accounts, linking.owner, strict=True)
    }
    profiles = profile(store, owner, watch=lambda name: watch(f"measuring {name.replace('_', ' ')}"))
    weighing = weigh(profiles, used)
    ranks = weighing.rank if others is None else np.concatenate([weighing.rank, others])
    seen = np.full(len(ranks), np.inf)
    seen[: len(weighing.rank)] = profiles["exchanges"]
    bits, calibration = calibrate(ranks, against or reference(), seen)
    bits = bits[: len(weighing.rank)]
    row_of = {actor: row for row, actor in enumerate(profiles.actors)}
    rows = np.asarray([row_of[owner[account]] for account in accounts], dtype=np.int64)
    order = np.argsort(rows, kind="stable")
    members = (
        np.split(order, np.searchsorted(rows[order], np.arange(1, len(profiles.actors)))) if len(rows) else []
    )
    because = tuple(reasons(weighing, used, row) for row in range(len(profiles.actors)))
    return Judgement(settings, kinds, used, linking, weighing, tuple(members), bits, because, calibration)


def actor_name(first_account: str) -> str:
    """Name an actor after the first of its accounts, so that it keeps its name while it keeps that account.

    >>> actor_name("acct_1")
    'actor-1b4ae2ae'
    """
    return "actor-" + hashlib.blake2b(first_account.encode("utf-8", "replace"), digest_size=4).hexdigest()


def campaign_name(actor: str) -> str:
    """Name a campaign after its actor."""
    return "campaign-" + actor.removeprefix("actor-")
