"""The tables that questions are asked of: expressions only, until the store runs them."""

from typing import NamedTuple

import ibis.expr.types as ir


class Tables(NamedTuple):
    """What ties, features and detectors may ask.

    ``observations`` has the schema of ``excise.observation.schema``; ``accounts`` is the account directory (account,
    created_at, email_domain, payment_fingerprint, plan, organization, verification, programme); ``addresses`` says of
    each address seen which block and network it lies in (address, block, asn, network, kind); ``releases`` when a model
    came out (model, released_at). Each but the first may be empty.
    """

    observations: ir.Table
    accounts: ir.Table
    addresses: ir.Table
    releases: ir.Table
