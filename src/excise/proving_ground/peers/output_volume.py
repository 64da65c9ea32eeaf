"""Whoever takes most is first."""

from typing import ClassVar

import ibis

from excise.proving_ground.by_account import by_account
from excise.proving_ground.peers import Peer, Ranking, Seen


class OutputVolume(Peer):
    """Tokens that the account was sent.

    What every provider can count, and the measure that reported campaigns stay below: most of their accounts
    take less than an honest heavy user. Looks at no words, as the original does not.
    """

    source: ClassVar[str] = "usage limits of any provider"

    def rank(self, seen: Seen, *, seed: int) -> Ranking:  # noqa: ARG002 - nothing is drawn
        """Count tokens."""
        rows = seen.store.tables.observations
        counted = rows.group_by("account").agg(value=ibis.coalesce(rows.tokens_out.sum(), 0))
        return Ranking(by_account(seen, counted))
