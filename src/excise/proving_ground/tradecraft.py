"""Tradecraft: how a campaign hides. Each of these is also something that honest customers do."""

from typing import Literal

import msgspec

from excise.proving_ground.dice import Dice

Age = Literal["fresh", "staggered", "aged"]
Payment = Literal["own", "few", "one", "none"]
Network = Literal["single", "cloud", "residential", "proxies", "vpn", "mobile", "egress"]
Hours = Literal["always", "office", "human", "shifts"]
Mail = Literal["free", "mixed", "domain"]
Client = Literal["same", "few", "mixed"]


class Tradecraft(msgspec.Struct, frozen=True, kw_only=True):
    """How a campaign hides."""

    age: Age = "fresh"
    """accounts opened in a burst before use, over some months, or bought years old"""
    payment: Payment = "few"
    """an instrument each (virtual cards), a few for all, one for all, or none on file"""
    network: Network = "cloud"
    """one address for all, a few cloud machines, a clean home address each.

    A rotating pool of home addresses, ...
    """
    hours: Hours = "always"
    """around the clock, office hours, like people, or the accounts take turns through the day"""
    mail: Mail = "free"
    client: Client = "same"
    identified: float = 0.0
    """share of accounts with a bought verified identity"""
    rotation: float = 0.0
    """share of requests with a newly worded instruction; 0 keeps one wording"""
    cover: float = 0.0
    """share of requests that are ordinary traffic"""
    order: Literal["round", "random", "shifts"] = "random"
    """how a common queue is dealt to the accounts"""


class Tendency(msgspec.Struct, frozen=True, kw_only=True):
    """What campaigns of one world tend to do: weights over the options of each field."""

    weights: dict[str, dict[str, float]]

    @classmethod
    def of(cls, dice: Dice) -> "Tendency":
        """Draw a tendency: some options common, others rare, different from world to world."""
        return cls(
            weights={
                field: {option: dice.log_normal(1.0, 1.0) for option in options}
                for field, options in _OPTIONS.items()
            }
        )

    def tradecraft(self, dice: Dice) -> Tradecraft:
        """Draw the tradecraft of one campaign."""
        drawn = {field: dice.weighed(options) for field, options in self.weights.items()}
        return msgspec.convert(
            {
                **drawn,
                "identified": dice.pick((0.0, 0.0, 0.0, 0.1, 0.5)),
                "rotation": dice.pick((0.0, 0.0, 0.05, 0.3, 1.0)),
                "cover": dice.pick((0.0, 0.0, 0.1, 0.3, 0.6)),
            },
            Tradecraft,
        )


_OPTIONS: dict[str, tuple[str, ...]] = {
    "age": ("fresh", "staggered", "aged"),
    "payment": ("own", "few", "one", "none"),
    "network": ("single", "cloud", "residential", "proxies", "vpn", "mobile", "egress"),
    "hours": ("always", "office", "human", "shifts"),
    "mail": ("free", "mixed", "domain"),
    "client": ("same", "few", "mixed"),
    "order": ("round", "random", "shifts"),
}
