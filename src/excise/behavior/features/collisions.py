"""How often an actor's accounts send the same thing."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class Collisions(Feature):
    """Share of the actor's distinct prompts of eight words or more that two or more of its accounts sent.

    Classmates and workshop guests send the same exercise each; who harvests deals a corpus out and pays for
    nothing twice. Known from two accounts on.
    """

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Average over distinct prompts."""
        seen = view.several.filter(view.several.prompt.notnull() & (view.several.prompt_words >= 8))
        accounts = seen.group_by("actor").agg(accounts=seen.account.nunique())
        senders = seen.group_by("actor", "prompt").agg(senders=seen.account.nunique())
        joined = senders.join(accounts.filter(accounts.accounts > 1), "actor")
        return joined.group_by("actor").agg(value=(joined.senders > 1).cast("float64").mean())
