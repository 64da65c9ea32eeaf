"""The process in which the loop runs, as the server sees it: what it is told, and what it says.

What the process itself imports takes seconds; the server does without.
"""

from multiprocessing.connection import Connection

from msgspec import Struct

from excise.service.settings import Known


class LoopPlan(Struct, frozen=True, kw_only=True):
    """What the process is told: where all is, how often to turn, and how to judge."""

    folder: str
    secret_file: str
    policy_file: str
    database: str
    every_s: float
    ledger_file: str | None = None
    judging: dict[str, object] = {}
    aside: bool = True
    known: Known = Known()


class Turned(Struct, frozen=True, kw_only=True):
    """What the process says after each turn.

    Attributes:
        leads: whether this replica is the one that turns.
        lag_s: how long the oldest record that is acknowledged and not in the store has waited.
        new: how many exchanges came into the store that were not in it.
        judged: how many accounts were judged.
        due: how many owners wait to be judged in a later turn.
        took_s: how long the turn took.
        case_bits: the claimed bits of open cases, the strongest fifty.
    """

    leads: bool
    lag_s: float = 0.0
    new: int = 0
    judged: int = 0
    due: int = 0
    took_s: float = 0.0
    case_bits: dict[str, float] = {}


def run(connection: Connection, plan: LoopPlan) -> None:
    """Turn until the other side of the connection is closed."""
    from excise.service.turning import turn_until_over  # noqa: PLC0415 - see above

    turn_until_over(connection, plan)
