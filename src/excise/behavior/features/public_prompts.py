"""How much of what an actor asks is public material."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class PublicPrompts(Feature):
    """Share of the actor's distinct prompts of eight words or more that another actor sent too.

    Benchmarks, homework and popular prompts are sent by people who have nothing to do with each other.
    """

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Average over distinct prompts."""
        seen = view.exchanges
        seen = seen.filter(seen.prompt.notnull() & (seen.prompt_words >= 8)).select("actor", "prompt").distinct()
        senders = seen.group_by("prompt").agg(senders=seen.actor.nunique())
        joined = seen.join(senders, "prompt")
        return joined.group_by("actor").agg(value=(joined.senders > 1).cast("float64").mean())
