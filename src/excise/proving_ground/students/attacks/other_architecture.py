"""``other_architecture``: the student is made otherwise than its teacher."""

from msgspec.structs import replace

from excise.proving_ground.students.attacks import Attack
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply


class OtherArchitecture(Attack):
    """Train a GPT-2 (learned positions, plain feed-forward blocks) where the teacher is a Llama."""

    strength = "layers"
    tried = (3,)

    def apply(self, plan: Plan, supply: Supply, strength: float) -> Plan:
        """Change what it is made of."""
        del supply  # it takes no lessons
        return replace(plan, build=replace(plan.build, family="gpt2", layers=int(strength)))
