"""Drawing worlds.

``draw`` draws one at random from wide ranges, ``demo`` is a small fixed one, ``grow`` enlarges one.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from excise.proving_ground.content.own import all_grammars
from excise.proving_ground.dice import Dice
from excise.proving_ground.populations import Tactic, honest_kinds, tactic_kinds
from excise.proving_ground.tradecraft import Tendency, Tradecraft
from excise.proving_ground.world import START_S, Campaign, Habits, Known, World


class Scale(NamedTuple):
    """The size of a world, as ``draw`` takes it."""

    accounts: int
    exchanges: int


SCALES = {
    "small": Scale(accounts=700, exchanges=15_000),
    "medium": Scale(accounts=2_000, exchanges=50_000),
    "large": Scale(accounts=12_000, exchanges=400_000),
}
"""Sizes that worlds are usually drawn at."""


def draw(
    seed: int,
    scale: Scale,
    *,
    days: int | None = None,
    harvesting: float | None = None,
    honest: Sequence[str] | None = None,
    tactics: Sequence[str] | None = None,
    grammars: Sequence[str] | None = None,
    sources: Sequence[str] = (),
) -> World:
    """Draw a world from wide ranges.

    Args:
        seed: the same seed and arguments give the same world.
        scale: accounts and exchanges in all, about.
        days: length of the log; drawn from 4 to 30 where not given.
        harvesting: share of accounts that harvest; drawn from 0.5 % to 14 % where not given.
        honest: the honest kinds to draw from; all where not given. Leaving some out makes them unseen.
        tactics: the tactics to draw from; all where not given.
        grammars: the own grammars to draw from; all where not given. A world draws two thirds of them or
            more.
        sources: the sources of a content folder to draw from; a world draws a part of them.
    """
    dice = Dice.of("world", seed)
    accounts, exchanges = scale
    kinds = honest_kinds()
    habits = _habits(dice.fork("habits"))
    share = harvesting if harvesting is not None else dice.log_uniform(0.02, 0.14)
    campaigns = _campaigns(
        dice.fork("campaigns"),
        {name: tactic_kinds()[name] for name in (tactics or tactic_kinds())},
        accounts=max(1, round(accounts * share)),
        exchanges=int(exchanges * min(0.5, share * dice.log_uniform(0.5, 6))),
    )
    spoken = tuple(grammars) if grammars else all_grammars()
    return World(
        seed=seed,
        start_s=START_S + 86400.0 * dice.below(7),
        days=days or round(dice.log_uniform(4, 30)),
        accounts=accounts - sum(c.accounts for c in campaigns),
        exchanges=exchanges - sum(c.exchanges for c in campaigns),
        honest=_shares(dice.fork("honest"), {name: kinds[name].share for name in (honest or kinds)}),
        campaigns=campaigns,
        habits=habits,
        known=_known(dice.fork("known")),
        grammars=tuple(sorted(dice.some(spoken, dice.between(max(1, len(spoken) * 2 // 3), len(spoken))))),
        sources=tuple(sorted(dice.some(sources, max(1, len(sources) * 2 // 3)))) if sources else (),
    )


def grow(world: World, factor: float) -> World:
    """Make the same composition larger: more honest accounts and more campaigns, each of the same size."""
    count = max(1, round(len(world.campaigns) * factor))
    campaigns = (
        tuple(world.campaigns[n % len(world.campaigns)] for n in range(count)) if world.campaigns else ()
    )
    return msgspec.structs.replace(
        world,
        accounts=round(world.accounts * factor),
        exchanges=round(world.exchanges * factor),
        campaigns=campaigns,
    )


def _habits(dice: Dice) -> Habits:
    return Habits(
        roaming=dice.uniform(0.02, 0.35),
        tunneled=dice.uniform(0.01, 0.25),
        mobile=dice.uniform(0.05, 0.45),
        fresh=dice.uniform(0.02, 0.4),
        shared_card=dice.uniform(0.0, 0.12),
        spare=dice.uniform(0.0, 0.12),
        identified=dice.uniform(0.0, 0.35),
        popular_app=dice.uniform(0.02, 0.3),
        six=dice.pick((0.0, 0.0, 0.2, 0.5)),
    )


def _known(dice: Dice) -> Known:
    return Known(
        words=dice.pick((1.0, 1.0, 1.0, 0.97, 0.9)),
        replies=dice.pick((0.2, 0.4, 0.7, 0.95, 1.0)),
        addresses=dice.pick((1.0, 1.0, 0.98, 0.9)),
        tls=dice.pick((1.0, 0.9, 0.5, 0.0)),
        payment=dice.uniform(0.75, 1.0),
    )


def _shares(dice: Dice, usual: dict[str, float]) -> dict[str, float]:
    drawn = {name: share * dice.log_normal(1.0, 0.7) for name, share in usual.items()}
    total = sum(drawn.values())
    return {name: share / total for name, share in drawn.items()}


def _campaigns(
    dice: Dice, pool: dict[str, type[Tactic]], *, accounts: int, exchanges: int
) -> tuple[Campaign, ...]:
    tendency = Tendency.of(dice.fork("tendency"))
    made: list[Campaign] = []
    left = accounts
    order = dice.some(sorted(pool), len(pool))
    while left > 0:
        name = order[len(made) % len(order)]
        tactic, mine = pool[name], dice.fork(len(made))
        low, high = tactic.accounts
        high = max(low, min(high, accounts // 2))
        size = min(left, max(1, round(mine.log_uniform(low, max(low, high)))))
        each = mine.log_uniform(*tactic.each)
        made.append(
            Campaign(
                tactic=name,
                accounts=size,
                exchanges=round(size * each),
                tradecraft=tactic().tradecraft(tendency.tradecraft(mine), mine),
                genres=tuple(mine.some(tactic.genres, mine.between(1, min(4, len(tactic.genres))))),
            )
        )
        left -= size
    scale = min(1.0, exchanges / sum(c.exchanges for c in made))
    return tuple(
        msgspec.structs.replace(
            c, exchanges=round(max(c.accounts * pool[c.tactic].each[0] / 2, c.exchanges * scale))
        )
        for c in made
    )


def demo() -> World:
    """Return the small world of the demo.

    400 accounts, about 6,000 exchanges, five campaigns, all look-alikes.
    """
    kinds = honest_kinds()
    total = sum(kind.share for kind in kinds.values())
    accounts = 250
    # Each kind has one customer at least.
    shares = {name: max(kind.share / total, 1.0 / accounts) for name, kind in kinds.items()}
    return World(
        seed=1791,
        accounts=accounts,
        exchanges=4_000,
        honest={name: share / sum(shares.values()) for name, share in shares.items()},
        campaigns=(
            Campaign(
                tactic="hydra",
                accounts=32,
                exchanges=700,
                tradecraft=Tradecraft(
                    age="fresh", network="proxies", payment="own", client="mixed", cover=0.25
                ),
                genres=("math", "trivia"),
            ),
            Campaign(
                tactic="squad",
                accounts=8,
                exchanges=360,
                tradecraft=Tradecraft(age="staggered", network="cloud", payment="few", order="round"),
                genres=("code",),
            ),
            Campaign(
                tactic="thin_partition",
                accounts=42,
                exchanges=460,
                tradecraft=Tradecraft(
                    age="fresh",
                    network="residential",
                    payment="own",
                    client="mixed",
                    rotation=1.0,
                    hours="human",
                ),
                genres=("write", "plan"),
            ),
            Campaign(
                tactic="failover",
                accounts=12,
                exchanges=300,
                tradecraft=Tradecraft(age="aged", network="vpn", payment="few", client="few"),
                genres=("math", "code"),
            ),
            Campaign(
                tactic="reward_harvest",
                accounts=6,
                exchanges=280,
                tradecraft=Tradecraft(age="staggered", network="egress", payment="one", client="same"),
                genres=("chat", "write"),
            ),
        ),
        grammars=all_grammars(),
    )
