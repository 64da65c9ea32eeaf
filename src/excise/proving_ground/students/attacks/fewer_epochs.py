"""``fewer_epochs``: each reply is seen less often."""

from msgspec.structs import replace

from excise.proving_ground.students.attacks import Attack
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply


class FewerEpochs(Attack):
    """Train for fewer epochs, at the price of a worse student."""

    strength = "epochs"
    tried = (1,)

    def apply(self, plan: Plan, supply: Supply, strength: float) -> Plan:
        """Change the recipe."""
        del supply  # it takes no lessons
        return replace(plan, recipe=replace(plan.recipe, epochs=int(strength)))
