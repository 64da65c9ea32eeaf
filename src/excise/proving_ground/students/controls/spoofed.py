"""``spoofed``: everything but the served replies."""

from excise.proving_ground.students.controls import Control
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply


class Spoofed(Control):
    """Distilled from the same teacher's replies to the very same prompts, drawn once more."""

    def plan(self, supply: Supply) -> Plan:
        """Learn from a third draw."""
        return supply.student(supply.again)
