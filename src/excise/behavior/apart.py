"""How far the accounts of one actor differ from one another: are they people, or one queue dealt out?"""

import ibis
import ibis.expr.types as ir


def apart(seen: ir.Table) -> ir.Table:
    """Return the share of variance that lies between the accounts of an actor, for each actor.

    The intraclass correlation from a one-way analysis of variance with unequal groups (Fisher 1925; Donner
    1986, eq. 2.2): near 0 where every account draws from one pool, near 1 where each has its own. Slightly
    below 0 by chance. Known from two accounts and three values on, where the values vary.

    Args:
        seen: columns ``actor``, ``account`` and ``x``, a number; rows without one are left out.

    Returns:
        Columns ``actor`` and ``value``.
    """
    seen = seen.filter(seen.x.notnull())
    inside = seen.group_by("actor", "account").agg(
        n=seen.count().cast("float64"), mean=seen.x.mean(), spread=seen.x.var(how="pop") * seen.count()
    )
    whole = inside.group_by("actor").agg(
        total=inside.n.sum(),
        accounts=inside.count(),
        squares=(inside.n * inside.n).sum(),
        grand=(inside.n * inside["mean"]).sum() / inside.n.sum(),
        within=inside.spread.sum(),
    )
    whole = whole.filter((whole.accounts > 1) & (whole.total > whole.accounts))
    joined = inside.join(whole, "actor")
    off = joined["mean"] - joined.grand
    between = joined.group_by("actor").agg(between=(joined.n * off * off).sum())
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
