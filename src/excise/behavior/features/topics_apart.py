"""Whether the accounts of an actor have topics of their own."""

from typing import ClassVar

import ibis
import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class TopicsApart(Feature):
    """How much more often two prompts of one account share a sampled word than two of different accounts.

    A log2 ratio: 0 where all accounts draw from one pool, above where each has its own subject. Words that
    stand in over half of an account's prompts are its template and left out. Known from two accounts on.
    """

    unit: ClassVar[str] = "bits"

    def of(self, view: View) -> ir.Table:
        """Count pairs of prompts that share a word, inside accounts and across."""
        seen = view.several.filter(view.several.prompt.notnull())
        sent = seen.group_by("actor", "account").agg(prompts=seen.count().cast("float64"))
        totals = sent.group_by("actor").agg(
            accounts=sent.count(), total=sent.prompts.sum(), squares=(sent.prompts * sent.prompts).sum()
        )
        totals = totals.filter(totals.accounts > 1)
        words = seen.semi_join(totals, "actor").select("actor", "account", word=seen.minhash.unnest())
        counted = words.group_by("actor", "account", "word").agg(n=words.count().cast("float64"))
        counted = counted.join(sent, ["actor", "account"])
        counted = counted.filter((counted.prompts < 4) | (counted.n * 2 <= counted.prompts))
        word = counted.group_by("actor", "word").agg(
            n=counted.n.sum(), inside=(counted.n * (counted.n - 1) / 2).sum()
        )
        shared = word.group_by("actor").agg(
            inside=word.inside.sum(), everywhere=(word.n * (word.n - 1) / 2).sum()
        )
        both = shared.join(totals, "actor")
        pairs_inside = (both.squares - both.total) / 2
        pairs_across = (both.total * both.total - both.squares) / 2
        ratio = ((both.inside + 1) / (pairs_inside + 1)) / (
            (both.everywhere - both.inside + 1) / (pairs_across + 1)
        )
        return both.select("actor", value=ibis.greatest(ratio, 1e-9).log2())
