"""``quantization``: the weights are rounded."""

from msgspec.structs import replace

from excise.proving_ground.students.attacks import Attack
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply


class Quantization(Attack):
    """Round each row of weights to small whole numbers times a scale, after training."""

    strength = "bits a weight"
    tried = (8, 4)

    def apply(self, plan: Plan, supply: Supply, strength: float) -> Plan:
        """Have the weights rounded."""
        del supply  # it takes no lessons
        return replace(plan, weight_bits=int(strength))
