"""``public_text``: public text."""

from excise.proving_ground.students.controls import Control
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply


class PublicText(Control):
    """Trained on public text of other kinds."""

    def plan(self, supply: Supply) -> Plan:
        """Learn from what anybody may read."""
        return supply.student(supply.curriculum.public(supply.sizes.served))
