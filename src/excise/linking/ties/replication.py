"""Accounts send the very same prompts: public material at unrelated times, one queue at related ones."""

from typing import ClassVar

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from excise.linking.replicas import TOGETHER_S, replicas
from excise.linking.ties import F64, Block, Pairs, Resemblance
from excise.store.tables import Tables

_MOST_AGAINST = 3.0
_MOST_FOR = 8.0


class Replication(Resemblance):
    """Identical prompts, judged by when they were sent.

    Homework, a public benchmark and a popular prompt are sent by unrelated people, each in their own time:
    that many of the prompts are the same then speaks against one owner, who would not pay twice. Sent within
    a quarter of an hour of each other, again and again, they come from one queue that is retried or voted on.
    """

    block: ClassVar[Block] = "corpus"

    def traits(self, tables: Tables) -> ir.Table:
        """When each account first sent each prompt of eight words or more."""
        seen = tables.observations
        seen = seen.filter(seen.prompt.notnull() & (seen.prompt_words >= 8))
        return seen.group_by("account", "prompt").agg(at=seen.started_at.min())

    def weights(self, traits: pa.Table, pairs: Pairs) -> F64:
        """Weigh the share of prompts in common: for where most were sent together, against where apart."""
        found = replicas(traits, pairs, together_s=TOGETHER_S)
        most = np.where(found.together > 0.5, _MOST_FOR, -_MOST_AGAINST)
        counted = np.where(found.shared >= 2, found.share, 0.0)
        return most * counted

    def sentence(self, traits: pa.Table, accounts: list[str]) -> str:
        """Say how many of the actor's prompts were sent under several accounts."""
        mine = traits.filter(pc.is_in(traits["account"], value_set=pa.array(accounts)))
        sent = mine.group_by("prompt").aggregate([("account", "count")])
        twice = pc.sum(pc.greater(sent["account_count"], 1)).as_py() or 0
        return f"{twice:,} of {len(sent):,} prompts were sent under more than one account"
