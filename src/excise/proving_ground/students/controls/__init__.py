"""Controls: one file a student that did not learn from the served replies, and has to come out at no bits.

>>> from excise.open_folder import members
>>> "spoofed" in members("excise.proving_ground.students.controls", Control)
True
"""

from abc import ABC, abstractmethod

from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply


class Control(ABC):
    """A student of other lessons."""

    @abstractmethod
    def plan(self, supply: Supply) -> Plan:
        """Return what it is trained from."""
