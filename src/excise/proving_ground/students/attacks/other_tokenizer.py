"""``other_tokenizer``: the student cuts text otherwise than its teacher."""

from msgspec.structs import replace

from excise.proving_ground.students.attacks import Attack
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply


class OtherTokenizer(Attack):
    """Learn a tokenizer of another kind from the lessons at hand, instead of taking over the teacher's."""

    strength = "pieces of the vocabulary"
    tried = (1000,)

    def apply(self, plan: Plan, supply: Supply, strength: float) -> Plan:
        """Forget the teacher's tokenizer, and cut by a unigram model."""
        del supply  # it takes no lessons
        return replace(plan, teacher="", build=replace(plan.build, cut="unigram", pieces=int(strength)))
