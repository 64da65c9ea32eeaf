"""Over how long an actor's accounts were opened."""

from typing import ClassVar

import ibis.expr.types as ir

from excise.behavior.features import Feature, View


class SignUpSpread(Feature):
    """Interquartile range of the sign-up times of an actor's accounts, as log2 of one more than its hours.

    Guests of an event sign up within hours, colleagues over years. Known from two accounts on.
    """

    unit: ClassVar[str] = "bits"

    def of(self, view: View) -> ir.Table:
        """Take the range."""
        known = view.accounts.filter(view.accounts.created_at.notnull())
        known = known.mutate(hour=known.created_at.epoch_seconds() / 3_600.0)
        spread = known.group_by("actor").agg(
            accounts=known.count(), high=known.hour.quantile(0.75), low=known.hour.quantile(0.25)
        )
        spread = spread.filter(spread.accounts > 1)
        return spread.select("actor", value=(1 + spread.high - spread.low).log2())
