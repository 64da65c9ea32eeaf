"""``excise decide undo``: what was decided holds no longer, at once."""

from excise.casework.state.decisions import Decisions
from excise.cli.decide._ending import ending

command = ending(
    "undo",
    Decisions.undo,
    "Undo an active DECISION, at once. The rule that made it leaves the actor alone for a while.",
)
