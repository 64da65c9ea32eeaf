"""``human_data``: people's replies to the same prompts."""

from excise.proving_ground.students.controls import Control
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply


class HumanData(Control):
    """Trained on what people replied to the prompts that were asked."""

    def plan(self, supply: Supply) -> Plan:
        """Learn from people."""
        return supply.student(supply.human)
