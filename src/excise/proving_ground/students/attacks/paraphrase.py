"""``paraphrase``: replies are said otherwise before they are learned."""

from msgspec.structs import replace

from excise.proving_ground.students.attacks import Attack
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.rewording import reword
from excise.proving_ground.students.supply import Supply


class Paraphrase(Attack):
    """Put other words for the same in each reply, and its sentences in another order."""

    strength = "share of the words that have another word for the same and get it"
    tried = (1.0,)

    def apply(self, plan: Plan, supply: Supply, strength: float) -> Plan:
        """Reword the lessons."""
        return replace(plan, lessons=reword(plan.lessons, strength, supply.seed))
