"""The prompts of several accounts are made from one template."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.linking.ties import Block, SharedValue, Sharing
from excise.store.tables import Tables


class Template(SharedValue):
    """Boilerplate: six-word runs that recur in an account's own prompts, sampled alike in all accounts.

    An account's boilerplate is a run in a quarter of its prompts, three at least; up to its 24 most frequent
    count.
    """

    block: ClassVar[Block] = "script"
    agreement: ClassVar[float] = 0.8
    most: ClassVar[float] = 8.0

    def carriers(self, tables: Tables) -> ir.Table:
        """Each account's boilerplate runs; detail: the share of its prompts that hold the run."""
        seen = tables.observations.filter(tables.observations.prompt.notnull())
        totals = seen.group_by("account").agg(prompts=seen.count())
        runs = seen.select("account", value=seen.fragments.unnest())
        counted = runs.group_by("account", "value").agg(n=runs.count())
        counted = counted.filter(counted.n >= 3).join(totals, "account")
        counted = counted.mutate(detail=counted.n / counted.prompts).filter(ibis._.detail >= 0.25)
        order = ibis.window(group_by="account", order_by=[ibis.desc("n"), "value"])
        counted = counted.mutate(place=ibis.row_number().over(order)).filter(ibis._.place < 24)
        return counted.select("account", value=counted.value.cast("string"), detail=counted.detail)

    def sentence(self, sharing: Sharing) -> str:
        """Say how many accounts fill one template."""
        alike = f"the prompts of {sharing.inside} of {sharing.size} accounts are made from one template"
        return f"{alike}, {sharing.elsewhere}"
