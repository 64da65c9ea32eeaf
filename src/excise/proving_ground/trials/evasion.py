"""What each evasion leaves of detection, and what it costs the harvester."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import ClassVar, NamedTuple

import ibis
import msgspec

from excise import __version__
from excise.detection.judge import judge
from excise.proving_ground.dice import Dice
from excise.proving_ground.draw import SCALES, draw
from excise.proving_ground.kept import once
from excise.proving_ground.member import Truth
from excise.proving_ground.part import Part
from excise.proving_ground.score import Verdict, score
from excise.proving_ground.spread import Spread
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.trials import Opened, Trial, opened, written
from excise.proving_ground.world import Campaign, World

_RATES = (0.001, 0.01)
_TACTIC = "squad"
_HONEST_PER_CAMPAIGN = 230
_GENRES = ("math", "code", "write", "trivia", "plan")

PLAIN = Tradecraft(
    age="fresh", payment="few", network="cloud", hours="always", client="same", order="round", mail="free"
)
"""A campaign that does not hide: new accounts, few cards, few machines, one wording, day and night."""


class Step(NamedTuple):
    """One evasion: what is done differently from ``PLAIN``, in words and in fields."""

    name: str
    means: str
    changes: dict[str, object]
    accounts: int = 1
    """how many times the accounts, for the same exchanges"""


_COVER, _MORE = 0.5, 4
STEPS = (
    Step("none", "new accounts, few cards, few machines, one wording, day and night", {}),
    Step("rotate_wording", "every request in newly worded instructions", {"rotation": 1.0}),
    Step("cover_traffic", "an ordinary request for each that harvests", {"cover": _COVER}),
    Step("more_accounts", "four times the accounts, a quarter of the exchanges each", {}, _MORE),
    Step("aged_accounts", "accounts bought that are two months to four years old", {"age": "aged"}),
    Step("office_hours", "office hours only, next to nothing at weekends", {"hours": "office"}),
    Step("separate_networks", "a home address of its own for each account", {"network": "residential"}),
    Step("own_payment", "a payment instrument of its own for each account", {"payment": "own"}),
    Step(
        "all",
        "all of these, and a client of its own for each account",
        {
            "rotation": 1.0,
            "cover": _COVER,
            "age": "aged",
            "hours": "office",
            "network": "residential",
            "payment": "own",
            "client": "mixed",
        },
        _MORE,
    ),
)
"""The evasions, each alone and then together."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """One evasion: the recall that remains, and what the harvest costs, over all worlds together.

    ``harvested_per_exchange_paid`` is the yield; what follows is what had to be bought for 1,000 harvested
    exchanges. That an aged account costs more than a new one, and that office hours take longer, is not in
    these numbers: prices are not known.
    """

    step: str
    means: str
    recall_at_1_in_1000: Spread
    recall_at_1_in_100: Spread
    harvesting_accounts: int
    exchanges_paid: int
    exchanges_harvested: int
    harvested_per_exchange_paid: float
    accounts_per_1000_harvested: float
    payment_instruments_per_1000_harvested: float
    address_blocks_per_1000_harvested: float


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """The evasion-cost curve. ``honest`` counts honest accounts of all worlds; each step sees all of them."""

    version: str
    scale: str
    seeds: tuple[int, ...]
    honest: int
    steps: tuple[Cost, ...]


class _Found(msgspec.Struct, frozen=True):
    """One step in one world."""

    recall: tuple[float, ...]
    accounts: int
    paid: int
    harvested: int
    instruments: int
    blocks: int


class _World(msgspec.Struct, frozen=True):
    """One world: its honest accounts, and what each step left."""

    honest: int
    steps: tuple[_Found, ...]


class Evasion(Trial):
    """Recall at 0.1 % and 1 % that remains after each evasion, and the harvester's yield per exchange paid.

    A world is composed once, with the same campaigns once for each evasion, and judged once for each with the
    campaigns of the others left out: the honest accounts and their words are the same for all.
    """

    file: ClassVar[str] = "evasion.json"
    takes: ClassVar[frozenset[str]] = frozenset({"kept"})

    def run(self, seeds: Sequence[int], scale: str, watch: Callable[[str], None]) -> bytes:
        """Judge every world once for each evasion."""
        found: list[list[_Found]] = [[] for _ in STEPS]
        honest = 0
        for seed in seeds:
            world = once(self.folders.kept, f"evasion-{scale}-{seed}", _World, partial(_world, seed, scale))
            honest += world.honest
            for number, one in enumerate(world.steps):
                found[number].append(one)
            told = (f"{s.name} {f[-1].recall[-1]:.2f}" for s, f in zip(STEPS, found, strict=True))
            watch(f"world {seed}, recall at {_RATES[-1]:.0%}: {', '.join(told)}")
        curve = Curve(
            version=__version__,
            scale=scale,
            seeds=tuple(seeds),
            honest=honest,
            steps=tuple(_cost(step, each) for step, each in zip(STEPS, found, strict=True)),
        )
        return written(curve)


def _world(seed: int, scale: str) -> _World:
    with opened(evasive(seed, scale), seed=seed) as world:
        honest = sum(not row.campaign and not row.programme for row in world.truth)
        return _World(honest, tuple(_steps(world)))


def evasive(seed: int, scale: str) -> World:
    """Return the world of a seed with its campaigns replaced: the same few once for each step, in turn.

    Cover costs exchanges, not harvest: a campaign that hides among ordinary requests pays for both.
    """
    world = draw(seed, SCALES[scale])
    dice = Dice.of("evasion", seed)
    count = max(2, SCALES[scale].accounts // _HONEST_PER_CAMPAIGN)
    drawn = [
        (round(own.log_uniform(6, 20)), own.log_uniform(20, 50), tuple(own.some(_GENRES, 2)))
        for own in (dice.fork(n) for n in range(count))
    ]
    campaigns = []
    for step in STEPS:
        craft = msgspec.convert(msgspec.to_builtins(PLAIN) | step.changes, Tradecraft)
        for accounts, each, genres in drawn:
            campaigns.append(
                Campaign(
                    tactic=_TACTIC,
                    accounts=accounts * step.accounts,
                    exchanges=round(accounts * each / (1 - craft.cover)),
                    tradecraft=craft,
                    genres=genres,
                )
            )
    return msgspec.structs.replace(world, campaigns=tuple(campaigns))


def _steps(world: Opened) -> Iterator[_Found]:
    """Judge a world once for each step."""
    names = sorted({row.campaign for row in world.truth if row.campaign})
    per_step = len(names) // len(STEPS)
    for number in range(len(STEPS)):
        mine = set(names[number * per_step : (number + 1) * per_step])
        truth = [row for row in world.truth if not row.campaign or row.campaign in mine]
        harvesting = [row for row in truth if row.campaign]
        part = Part.of(world.store, [row.account for row in truth])
        judgement = judge(part, seed=world.seed)
        said = [Verdict(account=v.account, rank=v.rank, actor=v.actor) for v in judgement.verdicts()]
        yield _Found(
            recall=tuple(at.recall.value for at in score(truth, said, _RATES).at),
            accounts=len(harvesting),
            paid=sum(row.exchanges or 0 for row in harvesting),
            harvested=sum(row.harvested or 0 for row in harvesting),
            instruments=_instruments(world, harvesting),
            blocks=_blocks(world, harvesting),
        )


def _instruments(world: Opened, harvesting: list[Truth]) -> int:
    known = Part.of(world.store, [row.account for row in harvesting]).tables.accounts
    return int(world.store.run(known.agg(n=known.payment_fingerprint.nunique()))["n"][0].as_py())


def _blocks(world: Opened, harvesting: list[Truth]) -> int:
    tables = Part.of(world.store, [row.account for row in harvesting]).tables
    used = tables.observations.select("address").distinct().inner_join(tables.addresses, "address")
    return int(world.store.run(used.agg(n=ibis._.block.nunique()))["n"][0].as_py())


def _cost(step: Step, found: list[_Found]) -> Cost:
    accounts, paid, harvested, instruments, blocks = (
        sum(getattr(one, name) for one in found)
        for name in ("accounts", "paid", "harvested", "instruments", "blocks")
    )
    thousands = max(1, harvested) / 1000
    return Cost(
        step=step.name,
        means=step.means,
        recall_at_1_in_1000=Spread.over([one.recall[0] for one in found]),
        recall_at_1_in_100=Spread.over([one.recall[1] for one in found]),
        harvesting_accounts=accounts,
        exchanges_paid=paid,
        exchanges_harvested=harvested,
        harvested_per_exchange_paid=round(harvested / max(1, paid), 3),
        accounts_per_1000_harvested=round(accounts / thousands, 1),
        payment_instruments_per_1000_harvested=round(instruments / thousands, 1),
        address_blocks_per_1000_harvested=round(blocks / thousands, 1),
    )
