"""How much of what an actor asks is public material."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class PublicPrompts(Feature):
    """Share of distinct prompts of eight words or more that another actor sent too, an hour or more apart.

    Benchmarks, homework and popular prompts are sent by people who have nothing to do with each other, each
    in their own time; a queue that is dealt to several accounts comes back within minutes.
    """

    unit: ClassVar[str] = "share"

    def of(self, view: View) -> ir.Table:
        """Average over distinct prompts."""
        seen = view.exchanges
        seen = seen.filter(seen.prompt.notnull() & (seen.prompt_words >= 8))
        sent = seen.group_by("actor", "prompt").agg(at=seen.started_at.min())
        first, last = sent.at.min(), sent.at.max()
        spread = sent.group_by("prompt").agg(senders=sent.count(), apart_s=last.delta(first, unit="second"))
        joined = sent.join(spread, "prompt")
        public = (joined.senders > 1) & (joined.apart_s >= 3_600)
        return joined.group_by("actor").agg(value=public.cast("float64").mean())
