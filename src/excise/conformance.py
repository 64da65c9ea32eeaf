"""Does a member keep its contract? The same checks for our members and for those of outside packages.

Each check takes a member's class and raises ``NotConforming`` with what is wrong and what to do. They are
meant for a package's own tests:

    from excise.conformance import check_tie, scratch_store
    from my_package.shared_voucher import SharedVoucher

    def test_it_conforms(tmp_path):
        with scratch_store(tmp_path) as store:
            check_tie(SharedVoucher, store)
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from excise.behavior.features import Feature
from excise.behavior.profile import Profiles, features, view_of
from excise.detection.detectors import CAUSES, Detector
from excise.errors import ExciseError, Unreadable
from excise.ingest.exchange import ACCOUNT_FIELDS
from excise.ingest.formats import Format
from excise.linking.ties import BLOCKS, Pairs, Resemblance, SharedValue, Sharing, Tie
from excise.observation.secret import Keyring
from excise.proving_ground.compose import compose
from excise.proving_ground.draw import Scale, draw
from excise.store import directory, networks, releases
from excise.store.intake import take_in
from excise.store.store import Store
from excise.store.tables import Asked, Tables

_BAD_LINES = (b"", b"{", b"[]", b"null", b"5", b"{}", b"\xff\xfe", b'{"id": []}', b"[" * 500 + b"]" * 500)


class NotConforming(ExciseError):
    """A member does not keep its contract; the message says which, in what, and what to do."""


@contextmanager
def scratch_store(folder: Path, *, seed: int = 7) -> Iterator[Store]:
    """Compose a small world and open a store that holds it: 300 accounts, 4,000 exchanges, five campaigns.

    Args:
        folder: where the world and the store go.
        seed: of the world; the same seed gives the same rows.
    """
    world = draw(seed, Scale(accounts=240, exchanges=4_000), days=7, harvesting=0.15)
    compose(world, folder / "world")
    ring = Keyring.in_memory(bytes(32))
    with Store.open(folder / "store", ring) as store:
        take_in(store, ring, [folder / "world" / "log.litellm.jsonl.gz"])
        store.put_accounts(directory.read([folder / "world" / "accounts.jsonl"]).table)
        store.put_networks(networks.read([folder / "world" / "asn.csv"]).table)
        store.put_releases(releases.read([folder / "world" / "releases.json"]).table)
        yield store


def check_format(kind: type[Format], lines: Iterable[bytes]) -> None:
    """Check a log format on lines of its own.

    Args:
        kind: the member.
        lines: at least one line that it decodes.

    Raises:
        NotConforming: it is not documented, does not recognize or decode its own lines, gives other exchanges
            the second time, or answers a line that is no record with anything but ``Unreadable`` or nothing.
    """
    must = _Must(kind)
    must(kind.account_field in ACCOUNT_FIELDS, f"account_field is one of {', '.join(ACCOUNT_FIELDS)}")
    made = 0
    for line in lines:
        must(kind.recognizes(msgspec.json.decode(line)), f"recognizes its own line {line[:60]!r}")
        found = list(kind().exchanges(line))
        must(found == list(kind().exchanges(line)), "gives equal exchanges for equal lines; keep no state")
        must(
            all(exchange.record_id for exchange in found),
            "gives every exchange a record_id that stays the same",
        )
        must(
            all(exchange.started_at_s > 0 for exchange in found),
            "says when every exchange started, in epoch seconds",
        )
        made += len(found)
    must(made > 0, "decodes at least one exchange from the lines given")
    must(not kind.recognizes({}), "does not recognize an empty object")
    for bad in _BAD_LINES:
        with suppress(Unreadable):
            must(not list(kind().exchanges(bad)), f"makes no exchange of {bad[:20]!r}; raise Unreadable")


def check_tie(kind: type[Tie], store: Asked) -> None:
    """Check a tie on the rows of a store, such as ``scratch_store`` opens.

    Raises:
        NotConforming: its block is unknown, its rows lack a column or name accounts that are none, its
            weights are not finite or depend on which account of a pair comes first, or it has no sentence.
    """
    must = _Must(kind)
    must(kind.block in BLOCKS, f"block is one of {', '.join(BLOCKS)}")
    tie = kind()
    if isinstance(tie, SharedValue):
        _check_shared_value(tie, store, must)
    elif isinstance(tie, Resemblance):
        _check_resemblance(tie, store, must)
    else:
        must(holds=False, what="extends SharedValue or Resemblance")


def check_feature(kind: type[Feature], store: Asked) -> None:
    """Check a feature on the rows of a store: each account its own actor, then all accounts one actor.

    Raises:
        NotConforming: it says no unit, its rows are not (actor, value), an actor has two rows, or a value is
            infinite.
    """
    must = _Must(kind)
    must(bool(kind.unit), "says its unit")
    accounts = _accounts(store.tables, store).to_pylist()
    for owner in ({account: account for account in accounts}, dict.fromkeys(accounts, "one")):
        rows = store.run(kind().of(view_of(store, owner)))
        must({"actor", "value"} <= set(rows.column_names), "has the columns actor and value")
        actors = rows["actor"].to_pylist()
        must(len(set(actors)) == len(actors), "has one row an actor; aggregate over it")
        must(set(actors) <= set(owner.values()), "names actors of the view only")
        values = rows["value"].cast(pa.float64()).to_numpy()
        must(
            bool(np.isfinite(values[~np.isnan(values)]).all()),
            "has finite values; leave an unknown actor out",
        )


def check_detector(kind: type[Detector], *, seed: int = 0) -> None:
    """Check a detector on profiles drawn at random.

    Args:
        kind: the member.
        seed: of the drawing.

    Raises:
        NotConforming: its cause is unknown, it reads a feature that is not there or not in ``uses``, its
            reading or its hand-set weights depend on the order of the actors, the weights are not finite, it
            weighs an actor of whom nothing is known, an excuse may speak for harvesting, or it has no
            sentence.
    """
    must = _Must(kind)
    must(kind.cause in CAUSES, f"cause is one of {', '.join(CAUSES)}")
    must(
        kind.cause != "excuse" or kind.direction == "down", "has the direction down where its cause is excuse"
    )
    must(bool(kind.uses), "uses a feature at least")
    missing = sorted(set(kind.uses) - set(features()))
    must(not missing, f"uses features that exist, not {', '.join(missing)}")
    rng = np.random.default_rng(seed)
    detector, actors = kind(), tuple(f"actor-{n}" for n in range(200))
    for scale in (1.0, 1_000.0):
        drawn = {name: rng.random(len(actors)) * scale for name in kind.uses}
        for column in drawn.values():
            column[rng.random(len(actors)) < 0.1] = np.nan
        try:
            reading, weights = (
                read(Profiles(actors, drawn)) for read in (detector.reading, detector.weights)
            )
        except KeyError as error:
            raise NotConforming(
                f"{kind.__module__}: reads the feature {error} without naming it in uses"
            ) from None
        must(reading.shape == (len(actors),), "reads one number off each actor")
        must(weights.shape == (len(actors),), "gives each actor one weight")
        must(bool(np.isfinite(weights).all()), "gives finite weights, 0 where nothing can be said")
        must(
            kind.cause != "excuse" or not (weights > 0).any(),
            "only ever speaks against where its cause is excuse",
        )
        turned = Profiles(actors[::-1], {name: column[::-1] for name, column in drawn.items()})
        for read, was in ((detector.reading, reading), (detector.weights, weights)):
            same = np.allclose(read(turned), was[::-1], equal_nan=True)
            must(bool(same), "does not depend on the order of actors")
        known = {name: float(np.nan_to_num(column[0], nan=1.0)) for name, column in drawn.items()}
        must(bool(detector.sentence(known).strip()), "has a sentence")
    unknown = Profiles(actors, {name: np.full(len(actors), np.nan) for name in kind.uses})
    must(not detector.weights(unknown).any(), "says nothing of actors of whom it knows nothing")


class _Must:
    """Says what a member must do, and that it does not."""

    def __init__(self, kind: type) -> None:
        self._member = f"{kind.__module__}.{kind.__qualname__}"
        self(
            bool((kind.__doc__ or "").strip()),
            "has a docstring: one line what it is, then what it separates from what",
        )

    def __call__(self, holds: bool, what: str) -> None:  # noqa: FBT001 - the assertion that it is
        """Raise NotConforming unless it holds."""
        if not holds:
            raise NotConforming(f"{self._member}: a member {what}")


def _accounts(tables: Tables, store: Asked) -> pa.Array:
    seen = tables.observations.filter(tables.observations.account.notnull())
    return store.run(seen.select("account").distinct().order_by("account"))["account"].combine_chunks()


def _check_shared_value(tie: SharedValue, store: Asked, must: _Must) -> None:
    must(0 < tie.agreement <= 1, "says in agreement a probability above 0")
    must(tie.most > 0, "says in most a weight above 0")
    rows = store.run(tie.carriers(store.tables))
    must(
        rows.column_names[:2] == ["account", "value"] and "detail" in rows.column_names,
        "has account, value, detail",
    )
    must(rows["account"].null_count == 0, "names an account in every row; filter nulls out")
    must(rows["value"].null_count == 0, "has a value in every row; an absent value ties nobody")
    pairs = list(zip(rows["account"].to_pylist(), rows["value"].to_pylist(), strict=True))
    must(len(set(pairs)) == len(pairs), "has one row an account and value; use distinct() or an aggregate")
    for outside in (0, 1, 2):
        sharing = Sharing(inside=3, size=4, outside=outside, detail=12.0)
        must(bool(tie.sentence(sharing).strip()), "has a sentence")


def _check_resemblance(tie: Resemblance, store: Asked, must: _Must) -> None:
    traits = store.run(tie.traits(store.tables))
    must("account" in traits.column_names, "has the column account in its traits")
    traits = traits.sort_by([(column, "ascending") for column in traits.column_names])
    accounts = _accounts(store.tables, store)
    one = np.arange(len(accounts) - 1)
    weights = tie.weights(traits, Pairs(accounts, one, one + 1))
    must(weights.shape == one.shape, "gives each pair one weight")
    must(bool(np.isfinite(weights).all()), "gives finite weights, 0 where nothing can be said")
    turned = tie.weights(traits, Pairs(accounts, one + 1, one))
    must(bool(np.allclose(weights, turned)), "weighs a pair alike whichever account comes first")
    must(bool(tie.sentence(traits, accounts.to_pylist()[:3]).strip()), "has a sentence")
