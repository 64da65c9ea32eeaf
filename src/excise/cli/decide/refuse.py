"""``excise decide refuse``: a proposal is not carried out."""

from excise.casework.state.decisions import Decisions
from excise.cli.decide._ending import ending

command = ending(
    "refuse",
    Decisions.refuse,
    "Refuse a proposed DECISION. The rule that made it leaves the actor alone for a while.",
)
