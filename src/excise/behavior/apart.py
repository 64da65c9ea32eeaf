"""How far the accounts of one actor differ from one another: are they people, or one queue dealt out?"""

from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir


def apart(seen: ir.Table, *numbers: str) -> ir.Table:
    """Return the share of variance that lies between the accounts of an actor, for each actor.

    The intraclass correlation from a one-way analysis of variance with unequal groups (Fisher 1925; Donner
    1986, eq. 2.2): near 0 where every account draws from one pool, near 1 where each has its own. Slightly
    below 0 by chance. Of several numbers, such as coordinates, the variances are added. Known from two
    accounts and three values on, where the values vary.

    Args:
        seen: columns ``actor``, ``account`` and the numbers; rows that lack one are left out.
        numbers: the columns that vary.

    Returns:
        Columns ``actor`` and ``value``.
    """
    seen = seen.drop_null(list(numbers))
    means = {f"mean_{name}": seen[name].mean() for name in numbers}
    spread = reduce(add, (seen[name].var(how="pop") for name in numbers))
    inside = seen.group_by("actor", "account").agg(
        n=seen.count().cast("float64"), within=spread * seen.count(), **means
    )
    grand = {f"grand_{name}": (inside.n * inside[f"mean_{name}"]).sum() / inside.n.sum() for name in numbers}
    whole = inside.group_by("actor").agg(
        total=inside.n.sum(),
        accounts=inside.count(),
        squares=(inside.n * inside.n).sum(),
        within=inside.within.sum(),
        **grand,
    )
    whole = whole.filter((whole.accounts > 1) & (whole.total > whole.accounts))
    joined = inside.drop("within").join(whole, "actor")
    off = reduce(add, ((joined[f"mean_{name}"] - joined[f"grand_{name}"]) ** 2 for name in numbers))
    between = joined.group_by("actor").agg(between=(joined.n * off).sum())
    both = whole.join(between, "actor")
    both = both.mutate(
        among=both.between / (both.accounts - 1),
        inside=both.within / (both.total - both.accounts),
        each=(both.total - both.squares / both.total) / (both.accounts - 1),
    )
    varied = both.filter(both.among + both.inside > 0)
    return varied.select(
        "actor", value=(ibis._.among - ibis._.inside) / (ibis._.among + (ibis._.each - 1) * ibis._.inside)
    )
