"""Populations: accounts that are one hand, told by what they are together and not two by two.

Of hundreds of small accounts with rotated wording no pair shares enough to be linked, and the more accounts
there are the commoner all that they share becomes. What a crew cannot hide is that its accounts are
*interchangeable*. They are dealt from one queue: an account repeats its own words, parameters and hours no
more often than any other account of the crew does. Strangers who share a template, a product or a benchmark
have each their own subject, settings and hours, and repeat themselves many times as often as each other.

Each value of a script that some accounts ever used (a combination of parameters, an instruction, a piece of
wording) makes a candidate. What the value itself says is left out of the test.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from excise.linking.habits import FEWEST, Habits
from excise.linking.interchange import Repeats, repeats

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

WEIGHT = 5.5
"""What a candidate must weigh: one in 45 is held to be one hand before anything is known of it."""


class Habit(Struct, frozen=True):
    """An assumption of the model, not a fit to any log: how accounts repeat themselves in one respect.

    ``usual`` is how many times as often strangers repeat themselves as each other, ``spread`` the standard
    deviation of its logarithm from population to population, ``held`` how often a crew is interchangeable in
    this respect (it may well work in shifts), ``most`` the match weight that it cannot pass, ``counted`` how
    many exchanges (words, for ``words``) of an account count.
    """

    usual: float
    spread: float
    held: float
    most: float
    counted: float


HABITS = {
    "words": Habit(usual=3.0, spread=0.55, held=0.9, most=6.0, counted=200.0),
    "sampler": Habit(usual=6.0, spread=0.6, held=0.7, most=6.0, counted=20.0),
    "instruction": Habit(usual=6.0, spread=0.6, held=0.7, most=6.0, counted=20.0),
    # Machines of strangers, too, may be as busy at any hour as at any other: half evidence only.
    "hours": Habit(usual=10.0, spread=0.75, held=0.5, most=4.0, counted=30.0),
}

_CREW_SPREAD = 0.25
_PER_ACCOUNT, _PER_REPEAT, _FEWEST_REPEATS = 2.0, 2.0, 10
_LEAST = -6.0
_COLLISIONS, _PER_COLLISION, _MOST_COLLISIONS = 0.005, 100.0, 8.0
_OVERLAP = 0.5
_SURE_CARRIER, _CARRIER = 0.5, 0.3
_LIKENESS = {"sampler": 0.6, "words": 0.3}
_TURNS = 3
_STEP = 400


class Population(Struct, frozen=True):
    """Accounts that are one hand: their positions, the match weight that says so, and by how many values."""

    members: I64
    weight: float
    values: int


def populations(habits: Habits) -> tuple[Population, ...]:
    """Return the populations, largest first; no account is in two.

    Candidates that weigh enough and have half of their accounts in common are one population. A member must
    use what the others use and ask what they ask: who carries just one of the values is let go.
    """
    weight = np.sum(list(weights(habits).values()), axis=0)
    sure = np.flatnonzero(weight >= WEIGHT)
    if not len(sure):
        return ()
    sets = sparse.csr_array(habits.candidates[sure])
    size = np.diff(sets.indptr)
    common = sparse.coo_array(sets @ sets.T)
    near = common.data >= _OVERLAP * np.minimum(size[common.row], size[common.col])
    links = sparse.coo_array((np.ones(int(near.sum())), (common.row[near], common.col[near])), common.shape)
    parts, part = connected_components(links, directed=False)
    found = []
    for number in range(parts):
        mine = np.flatnonzero(part == number)
        members = _members(habits, np.asarray(weight[sure[mine]] @ sets[mine]).ravel())
        found.append(Population(members, round(float(weight[sure[mine]].max()), 3), len(mine)))
    taken = np.zeros(sets.shape[1], dtype=np.bool_)
    kept = []
    for population in sorted(found, key=lambda p: -len(p.members)):
        members = population.members[~taken[population.members]]
        # Candidates can be chained by few accounts that they share: the whole is tested as its parts were.
        if len(members) >= FEWEST and _whole(habits, members) >= WEIGHT:
            taken[members] = True
            kept.append(Population(members, population.weight, population.values))
    return tuple(kept)


def held(populations: tuple[Population, ...], accounts: int) -> I64:
    """Return which account stands for each account, shape (accounts,): its population's first, or itself."""
    owner = np.arange(accounts)
    for population in populations:
        owner[population.members] = population.members.min()
    return owner


def weights(habits: Habits) -> dict[str, F64]:
    """Return the match weight of each candidate in each respect: for one hand, or below 0 for strangers."""
    size = np.diff(habits.candidates.indptr)
    found = {}
    for name, habit in HABITS.items():
        without = np.where(habits.kind == name, habits.column, -1)
        counted = repeats(habits.candidates, habits.counts[name], most=habit.counted, without=without)
        found[name] = weight_of(counted, habit, size)
        if name != "words":
            found[name] = np.where(counted.covered < 0.5, np.minimum(found[name], 0.0), found[name])
    # A piece of an instruction and the instruction are one thing, found twice.
    pieces = habits.kind == "instruction piece"
    found["instruction"] = np.where(pieces, np.minimum(found["instruction"], 0.0), found["instruction"])
    return found | {"prompts": collisions(habits.candidates, habits.counts["prompts"])}


def weight_of(counted: Repeats, habit: Habit, size: I64) -> F64:
    """Weigh the ratio of repeats of sets of accounts: log-normal around 1 for a crew, else as is usual.

    Strangers cannot repeat themselves more than always: where all share one value, nothing is learned.
    """
    ratio = np.log(np.maximum(counted.within, 1e-6) / np.maximum(counted.between, 1e-6)).clip(min=0.0)
    error = _PER_REPEAT / (1 + counted.within_pairs) + _PER_REPEAT / (1 + counted.between_pairs)
    error = error + _PER_ACCOUNT / size
    usual = np.minimum(np.log(habit.usual), -np.log(np.clip(counted.between, 1e-9, 1.0)))
    # Who repeats himself even more than strangers usually do is no less a stranger.
    ratio = np.minimum(ratio, usual)

    def density(mean: F64 | float, spread: float) -> F64:
        variance = spread**2 + error
        result: F64 = np.exp(-((ratio - mean) ** 2) / (2 * variance)) / np.sqrt(variance) + 1e-12
        return result

    strangers = density(usual, habit.spread)
    crew = habit.held * density(0.0, _CREW_SPREAD) + (1 - habit.held) * strangers
    known = counted.within_pairs + counted.between_pairs >= _FEWEST_REPEATS
    return np.where(known, np.log2(crew / strangers).clip(_LEAST, habit.most), 0.0)


def collisions(sets: sparse.csr_array, sent: sparse.csr_array) -> F64:
    """Weigh the prompts that several accounts of a set sent: a crew does not pay twice for an answer.

    A class, a benchmark's users and the readers of one post send the same again and again.

    Args:
        sets: shape (sets, accounts), 1 where an account belongs.
        sent: shape (accounts, prompts), 1 where an account sent a prompt.
    """
    prompts = sparse.csc_array(sent)
    total = sets @ np.diff(sparse.csr_array(prompts).indptr)
    repeated = sparse.csr_array(prompts[:, np.flatnonzero(np.diff(prompts.indptr) > 1)])
    twice = np.zeros(len(total))
    for start in range(0, len(twice), _STEP):
        many = sparse.csr_array(sets[start : start + _STEP] @ repeated)
        many.data = np.where(many.data > 1, many.data, 0.0)
        twice[start : start + _STEP] = np.asarray(many.sum(axis=1)).ravel()
    share = twice / np.maximum(total, 1)
    weight: F64 = -np.minimum(_PER_COLLISION * np.maximum(share - _COLLISIONS, 0.0), _MOST_COLLISIONS)
    return weight


def _whole(habits: Habits, members: I64) -> float:
    """Return what accounts weigh as one candidate, however they were found."""
    one = np.zeros((1, habits.candidates.shape[1]))
    one[0, members] = 1.0
    alone = Habits(sparse.csr_array(one), np.array(["whole"]), np.array([-1]), habits.counts)
    return float(sum(weight[0] for weight in weights(alone).values()))


def _members(habits: Habits, carried: F64) -> I64:
    """Return the accounts that belong, of those that carry any of a population's values.

    From the accounts that carry most of what is carried, those are kept that repeat the others' parameters
    and words about as often as these repeat each other.

    Args:
        habits: of all accounts.
        carried: shape (accounts,), the weights of the candidates that an account is in, added.
    """
    members = np.flatnonzero(carried > 0)
    carried = carried[members]
    core = carried >= _SURE_CARRIER * np.quantile(carried, 0.9)
    for _ in range(_TURNS):
        kept = carried >= _CARRIER * np.median(carried[core])
        for name, least in _LIKENESS.items():
            rate = _likeness(sparse.csr_array(habits.counts[name][members]), core, HABITS[name].counted)
            # Of an account whose words were not logged nothing is known: that is no unlikeness.
            unknown = np.isnan(rate)
            usual = np.median(rate[core & ~unknown]) if (core & ~unknown).any() else 0.0
            kept &= (rate >= least * usual) | unknown
        if kept.sum() < FEWEST:
            return np.zeros(0, np.int64)
        if np.array_equal(kept, core):
            break
        core = kept
    return members[core]


def _likeness(counts: sparse.csr_array, core: NDArray[np.bool_], most: float) -> F64:
    """Return how often an exchange of each account and one of the core's others have something in common.

    NaN where nothing of the account is known.
    """
    size = np.asarray(counts.sum(axis=1)).ravel()
    scale = np.minimum(1.0, most / np.maximum(size, 1e-9))
    counts, size = sparse.csr_array(sparse.diags_array(scale) @ counts), size * scale
    pool = np.asarray(counts[core].sum(axis=0)).ravel()
    own = np.asarray(counts.multiply(counts).sum(axis=1)).ravel() * core
    rate: F64 = (counts @ pool - own) / np.maximum(size * (size[core].sum() - size * core), 1e-9)
    return np.where(size > 0, rate, np.nan)
