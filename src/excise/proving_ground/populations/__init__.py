"""Who is in a world: two open folders, ``honest`` (kinds of customers) and ``tactics`` (ways to harvest).

Every file of them is one member: a class without state whose docstring says which report or paper describes
such traffic. It makes *parties*: some accounts that one owner runs (or strangers that one event brings
together), with when they send and what they say. A party is planned first (its accounts and their share of
the traffic), and says its words only when the log is written, so a world of millions of exchanges fits in
memory.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import ClassVar, NamedTuple

from excise.open_folder import members
from excise.proving_ground.dice import Dice
from excise.proving_ground.member import Member
from excise.proving_ground.rhythms import Schedule
from excise.proving_ground.said import Said
from excise.proving_ground.setting import Setting
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.world import Campaign


class Party(NamedTuple):
    """Accounts that belong together.

    ``weights`` are the exchanges that each would send in a week in a usual world; the composer scales them to
    counts (at least one each). ``plan`` gets the counts and returns when who sends; ``speak`` gets the plan
    and yields what is said at each of its moments, in order.
    """

    members: list[Member]
    weights: list[float]
    plan: Callable[[list[int]], Schedule]
    speak: Callable[[Schedule], Iterator[Said]]


class Honest(ABC):
    """A kind of honest customer."""

    share: ClassVar[float]
    """usual share of honest accounts, relative to the other kinds"""

    @abstractmethod
    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make one customer of this kind: an account, or several where it has several."""


class Tactic(ABC):
    """A way to harvest."""

    accounts: ClassVar[tuple[int, int]]
    """how many accounts a campaign has, least and most"""
    each: ClassVar[tuple[float, float]]
    """how many exchanges an account sends, least and most"""
    genres: ClassVar[tuple[str, ...]] = (
        "math",
        "code",
        "write",
        "trivia",
        "chat",
        "roleplay",
        "plan",
        "extract",
    )
    """what may be harvested"""

    def tradecraft(self, drawn: Tradecraft, dice: Dice) -> Tradecraft:  # noqa: ARG002 - most take what was drawn
        """Change what the tactic leaves no choice in; everything else stays as drawn."""
        return drawn

    @abstractmethod
    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make one campaign, with exactly ``campaign.accounts`` accounts.

        ``name`` is its name in the truth.
        """


def honest_kinds() -> dict[str, type[Honest]]:
    """Return the honest kinds by name.

    >>> "person" in honest_kinds()
    True
    """
    return members("excise.proving_ground.populations.honest", Honest)  # type: ignore[type-abstract]


def tactic_kinds() -> dict[str, type[Tactic]]:
    """Return the tactics by name.

    >>> "bulk" in tactic_kinds()
    True
    """
    return members("excise.proving_ground.populations.tactics", Tactic)  # type: ignore[type-abstract]
