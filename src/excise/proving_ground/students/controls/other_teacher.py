"""``other_teacher``: another teacher's replies to the same prompts."""

from excise.proving_ground.students.controls import Control
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply


class OtherTeacher(Control):
    """Distilled from another party's model, which was asked the same."""

    def plan(self, supply: Supply) -> Plan:
        """Learn from the rival."""
        return supply.student(supply.from_rival)
