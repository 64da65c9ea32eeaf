"""``continued_training``: what was learned is written over."""

from msgspec.structs import replace

from excise.proving_ground.students.attacks import Attack
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply


class ContinuedTraining(Attack):
    """Go on training on people's lessons afterwards, by the same recipe from its first rate on."""

    strength = "clean lessons afterwards, as a multiple of those before"
    tried = (1.0,)

    def apply(self, plan: Plan, supply: Supply, strength: float) -> Plan:
        """Add clean lessons to be learned last."""
        return replace(plan, then=supply.clean(round(len(plan.lessons) * strength)))
