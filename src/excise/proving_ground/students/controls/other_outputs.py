"""``other_outputs``: the same teacher's replies to other prompts."""

from excise.proving_ground.students.controls import Control
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply


class OtherOutputs(Control):
    """Distilled from the same teacher, but from what it served to others."""

    def plan(self, supply: Supply) -> Plan:
        """Learn from what was served elsewhere."""
        return supply.student(supply.elsewhere)
