"""How many answers an account draws to one prompt."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class ChoicesPerPrompt(Feature):
    """Replies within a day per distinct prompt and context of an account, the mean.

    Rejection sampling keeps the best of many answers (Yuan et al. 2023). A nightly evaluation repeats its
    prompts from one day to the next, so days are counted apart; a monitor repeats a handful, so it takes
    thirty distinct prompts.
    """

    unit: ClassVar[str] = "replies"

    def of(self, view: View) -> ir.Table:
        """Divide replies by prompts, a day at a time."""
        seen = view.exchanges.filter(view.exchanges.prompt.notnull())
        seen = seen.mutate(day=seen.started_at.truncate("D"), replies=ibis.coalesce(seen.n, 1))
        by_prompt = seen.group_by("actor", "account", "day", "prompt", "context", "system").agg(
            replies=seen.replies.sum()
        )
        drawn = by_prompt.group_by("actor").agg(
            prompts=by_prompt.prompt.nunique(), value=by_prompt.replies.mean()
        )
        return drawn.filter(drawn.prompts >= 30).select("actor", value=drawn.value.cast("float64"))
