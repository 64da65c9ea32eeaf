"""Attacks on evidence: one file a thing that a distiller may do so that less of it is left.

An attack is a pure function from the plan of a student to another plan; the workshop trains what comes out.

    >>> from excise.open_folder import members
    >>> "dilution" in members("excise.proving_ground.students.attacks", Attack)
    True
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply


class Attack(ABC):
    """Something a distiller does against evidence."""

    strength: ClassVar[str]
    """What the number says that it is tried at, in a few words."""

    tried: ClassVar[tuple[float, ...]]
    """The strengths that the trial tries, the mildest first."""

    @abstractmethod
    def apply(self, plan: Plan, supply: Supply, strength: float) -> Plan:
        """Return what is trained instead."""
