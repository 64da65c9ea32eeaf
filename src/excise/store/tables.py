"""The tables that questions are asked of: expressions only, until the store runs them."""

from typing import NamedTuple, Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from excise.observation.schema import SCHEMA as OBSERVATIONS
from excise.store.directory import SCHEMA as ACCOUNTS
from excise.store.networks import ADDRESSES
from excise.store.releases import SCHEMA as RELEASES

SCHEMAS: dict[str, pa.Schema] = {
    "observations": OBSERVATIONS,
    "accounts": ACCOUNTS,
    "addresses": ADDRESSES,
    "releases": RELEASES,
}
"""The Arrow schema of each table that a store has, by name."""


class Tables(NamedTuple):
    """What ties, features and detectors may ask.

    ``observations`` has the schema of ``excise.observation.schema``; ``accounts`` is the account directory
    (account, created_at, email_domain, payment_fingerprint, plan, organization, verification, programme);
    ``addresses`` says of each address seen which block and network it lies in (address, block, asn, network,
    kind); ``releases`` when a model came out (model, released_at). Each but the first may be empty.
    """

    observations: ir.Table
    accounts: ir.Table
    addresses: ir.Table
    releases: ir.Table


class Asked(Protocol):
    """What questions are put to: a store, or anything else that can run an expression over the tables."""

    @property
    def tables(self) -> Tables:
        """The tables, as expressions."""

    def run(self, expression: ir.Table) -> pa.Table:
        """Execute an expression."""

    def keep(self, name: str, rows: pa.Table | ir.Table) -> ir.Table:
        """Give rows a name for as long as questions are asked, and return them as an expression."""


def tables() -> Tables:
    """Return the tables of any store as expressions; it takes a store only to run them.

    >>> tables().observations.group_by("account").agg(exchanges=lambda t: t.count()).columns
    ('account', 'exchanges')
    """
    return Tables(**{name: ibis.table(ibis_schema(schema), name=name) for name, schema in SCHEMAS.items()})


def ibis_schema(schema: pa.Schema) -> ibis.Schema:
    """Return the schema that an engine gives an Arrow table. Binary values lose their fixed size."""
    flat = [f.with_type(pa.binary()) if pa.types.is_fixed_size_binary(f.type) else f for f in schema]
    return ibis.Schema.from_pyarrow(pa.schema(flat))
