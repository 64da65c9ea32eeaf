"""Every member keeps its contract, and a member that does not is told in what."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import ibis
import ibis.expr.types as ir
import numpy as np
import pytest

from excise.behavior.features import Feature, View
from excise.behavior.profile import Profiles
from excise.conformance import (
    NotConforming,
    check_detector,
    check_feature,
    check_format,
    check_tie,
    scratch_store,
)
from excise.detection.detectors import F64, Cause, Detector, Direction
from excise.ingest.formats import Format
from excise.linking.ties import Block, SharedValue, Sharing, Tie
from excise.open_folder import member, members
from excise.store.store import Store
from excise.store.tables import Tables

LOGS = Path(__file__).parent / "ingest" / "logs"


def names(folder: str, contract: type) -> list[str]:
    return sorted(members(folder, contract))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with scratch_store(tmp_path_factory.mktemp("scratch")) as opened:
        yield opened


@pytest.mark.parametrize("name", names("excise.ingest.formats", Format))
def test_every_format_conforms(name: str) -> None:
    lines = (LOGS / f"{name}.jsonl").read_bytes().splitlines()
    check_format(member("excise.ingest.formats", Format, name), lines)


@pytest.mark.parametrize("name", names("excise.linking.ties", Tie))
def test_every_tie_conforms(name: str, store: Store) -> None:
    check_tie(member("excise.linking.ties", Tie, name), store)


@pytest.mark.parametrize("name", names("excise.behavior.features", Feature))
def test_every_feature_conforms(name: str, store: Store) -> None:
    check_feature(member("excise.behavior.features", Feature, name), store)


@pytest.mark.parametrize("name", names("excise.detection.detectors", Detector))
def test_every_detector_conforms(name: str) -> None:
    check_detector(member("excise.detection.detectors", Detector, name))


class Organization(SharedValue):
    """Two accounts name one organization."""

    block: ClassVar[Block] = "sign_up"
    agreement: ClassVar[float] = 0.5
    most: ClassVar[float] = 4.0

    def carriers(self, tables: Tables) -> ir.Table:
        """Name an organization of each account."""
        known = tables.accounts.filter(tables.accounts.account.notnull())
        return known.select("account", value=known.account, detail=ibis.null("float64"))

    def sentence(self, sharing: Sharing) -> str:
        """Say how many."""
        return f"{sharing.inside} accounts name one organization, {sharing.elsewhere}"


class Undocumented(Organization):
    pass


Undocumented.__doc__ = None


class UnknownBlock(Organization):
    """A tie of no block."""

    block: ClassVar[Block] = "karma"  # type: ignore[assignment]


class Certain(Organization):
    """A tie that is more than certain."""

    agreement: ClassVar[float] = 1.5


class Doubled(Organization):
    """A tie that counts an account once for each exchange."""

    def carriers(self, tables: Tables) -> ir.Table:
        """Forget to aggregate."""
        seen = tables.observations
        return seen.select("account", value=seen.model, detail=ibis.null("float64"))


class WithoutDetail(Organization):
    """A tie that leaves a column out."""

    def carriers(self, tables: Tables) -> ir.Table:
        """Leave detail out."""
        return tables.accounts.select("account", value=tables.accounts.account)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (Undocumented, "has a docstring"),
        (UnknownBlock, "block is one of script, "),
        (Certain, "a probability above 0"),
        (Doubled, "one row an account and value"),
        (WithoutDetail, "has account, value, detail"),
    ],
)
def test_a_tie_that_does_not_conform_is_told_why(kind: type[Tie], what: str, store: Store) -> None:
    check_tie(Organization, store)
    with pytest.raises(NotConforming, match=what):
        check_tie(kind, store)


class Models(Feature):
    """How many models it asks."""

    unit: ClassVar[str] = "models"

    def of(self, view: View) -> ir.Table:
        """Count them."""
        return view.exchanges.group_by("actor").agg(value=view.exchanges.model.nunique().cast("float64"))


class ModelsOfAccounts(Models):
    """A feature that counts accounts where it should count actors."""

    def of(self, view: View) -> ir.Table:
        """Forget that an actor has several accounts."""
        counted = view.exchanges.group_by("actor", "account").agg(value=view.exchanges.model.nunique())
        return counted.select("actor", "value")


class Endless(Models):
    """A feature that divides by zero."""

    def of(self, view: View) -> ir.Table:
        """Divide by zero."""
        seen = view.exchanges.group_by("actor").agg(n=view.exchanges.count())
        return seen.select("actor", value=ibis.literal("inf").cast("float64") * seen.n)


class Unitless(Models):
    """A number of nothing."""

    unit: ClassVar[str] = ""


@pytest.mark.parametrize(
    ("kind", "what"),
    [(ModelsOfAccounts, "one row an actor"), (Endless, "finite values"), (Unitless, "says its unit")],
)
def test_a_feature_that_does_not_conform_is_told_why(kind: type[Feature], what: str, store: Store) -> None:
    check_feature(Models, store)
    with pytest.raises(NotConforming, match=what):
        check_feature(kind, store)


class Busy(Detector):
    """An actor that sends much."""

    cause: ClassVar[Cause] = "harvest"
    uses: ClassVar[tuple[str, ...]] = ("exchanges",)

    def weights(self, profiles: Profiles) -> F64:
        """Weigh much."""
        return np.where(profiles["exchanges"] > 500, 1.0, 0.0)

    def sentence(self, values: dict[str, float]) -> str:
        """Say how much."""
        return f"it sent {values['exchanges']:,.0f}"


class UsesNothingThere(Busy):
    """A detector that uses a feature that nobody wrote."""

    uses: ClassVar[tuple[str, ...]] = ("aura",)


class ReadsWithoutSaying(Busy):
    """A detector that reads more than it says."""

    uses: ClassVar[tuple[str, ...]] = ("accounts",)


class AccusesByExcuse(Busy):
    """An excuse that accuses."""

    cause: ClassVar[Cause] = "excuse"
    direction: ClassVar[Direction] = "down"


class ExcusesEitherWay(Busy):
    """An excuse that may turn round."""

    cause: ClassVar[Cause] = "excuse"


class Unknowing(Busy):
    """A detector that weighs what it does not know."""

    def weights(self, profiles: Profiles) -> F64:
        """Weigh the unknown too."""
        return np.nan_to_num(profiles["exchanges"], nan=1.0)


class First(Busy):
    """A detector that dislikes whoever comes first."""

    def weights(self, profiles: Profiles) -> F64:
        """Weigh the first."""
        return np.arange(len(profiles.actors)) / 100


class Infinite(Busy):
    """A detector of endless evidence."""

    def weights(self, profiles: Profiles) -> F64:
        """Weigh without end."""
        return np.where(profiles["exchanges"] > 0.5, np.inf, 0.0)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (UsesNothingThere, "features that exist, not aura"),
        (ReadsWithoutSaying, "'exchanges' without naming it in uses"),
        (AccusesByExcuse, "only ever speaks against"),
        (Unknowing, "nothing of actors of whom it knows nothing"),
        (First, "order of actors"),
        (Infinite, "finite weights"),
    ],
)
def test_a_detector_that_does_not_conform_is_told_why(kind: type[Detector], what: str) -> None:
    check_detector(Busy)
    with pytest.raises(NotConforming, match=what):
        check_detector(kind)


def test_a_format_that_does_not_conform_is_told_why() -> None:
    kind = member("excise.ingest.formats", Format, "openai")
    lines = (LOGS / "openai.jsonl").read_bytes().splitlines()
    with pytest.raises(NotConforming, match="recognizes its own line"):
        check_format(kind, [b'{"greeting": "hello"}'])
    with pytest.raises(NotConforming, match="at least one exchange"):
        check_format(kind, [])

    class Counting(kind):  # type: ignore[valid-type, misc]
        """A format that remembers."""

        account_field = "karma"

    with pytest.raises(NotConforming, match="account_field is one of"):
        check_format(Counting, lines)
