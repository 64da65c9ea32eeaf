"""The parameters of a request, taken together."""

import ibis
import ibis.expr.types as ir

_SETTINGS = (
    "temperature",
    "top_p",
    "n",
    "max_tokens",
    "stops",
    "logprobs",
    "response_format",
    "reasoning",
    "seeded",
    "stream",
)


def combination(seen: ir.Table) -> ir.StringValue:
    """Return the parameters of each request as one value, an expression over observations.

    >>> from excise.store.tables import tables
    >>> seen = tables().observations
    >>> seen.select(value=combination(seen)).schema()["value"].is_string()
    True
    """
    joined: ir.StringValue = ibis.literal("|").join(
        [ibis.coalesce(seen[name].cast("string"), "-") for name in _SETTINGS]
    )
    return joined
