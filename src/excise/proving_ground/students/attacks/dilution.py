"""``dilution``: served replies are only a part of what is learned."""

from msgspec.structs import replace

from excise.proving_ground.students.attacks import Attack
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply


class Dilution(Attack):
    """Learn from as many lessons as before, of which only a share was served; people wrote the others.

    The student is trained for as long; so there are fewer served replies to ask about, too.
    """

    strength = "share of the lessons that was served"
    tried = (0.5, 0.25, 0.1, 0.05)

    def apply(self, plan: Plan, supply: Supply, strength: float) -> Plan:
        """Keep the first lessons, and fill up with clean ones."""
        kept = round(len(plan.lessons) * strength)
        return replace(plan, lessons=plan.lessons[:kept] + supply.clean(len(plan.lessons) - kept))
