"""``watermark_removal``: tokens are drawn anew by a model that has no watermark."""

from msgspec.structs import replace

from excise.proving_ground.students.attacks import Attack
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply


class WatermarkRemoval(Attack):
    """Replace a share of each reply's tokens by those of a small model of people's words.

    The key need not be known; what the replies say suffers.
    """

    strength = "share of the tokens that is drawn anew"
    tried = (0.3,)

    def apply(self, plan: Plan, supply: Supply, strength: float) -> Plan:
        """Resample the lessons."""
        return replace(plan, lessons=supply.resampled(plan.lessons, strength))
