"""What refusing and undoing have in common on the command line: a decision ends, and somebody says why."""

from pathlib import Path
from typing import Protocol

import click

from excise.casework.decision import Decision
from excise.casework.policy import Policy
from excise.casework.state.decisions import Decisions
from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


class Ends(Protocol):
    """Ends a decision."""

    def __call__(
        self, decisions: Decisions, /, decision: str, *, because: str, policy: Policy, by: str, now_s: float
    ) -> Decision:
        """Return it, ended."""


def ending(name: str, ends: Ends, text: str) -> click.Command:
    """Return the verb that ends a decision.

    Args:
        name: of the verb.
        ends: what it does.
        text: its help.
    """

    @click.command(name=name, help=text)
    @click.argument("decision")
    @click.option("--because", required=True, help="Why, for colleagues.")
    @deployed
    def command(*, decision: str, because: str, data: Path, database: str | None, by: str) -> None:
        moment_s = now_s()
        with opened(data, database, now_s=moment_s) as deployment:
            decisions = deployment.state.decisions
            ended = ends(
                decisions, decision, because=because, policy=deployment.policy, by=by, now_s=moment_s
            )
        click.echo(f"{decision}: {ended.status}")

    return command
