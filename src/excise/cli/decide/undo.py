"""``excise decide undo``: what was decided holds no longer, at once."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="undo")
@click.argument("decision")
@click.option("--because", required=True, help="Why, for colleagues.")
@deployed
def command(*, decision: str, because: str, data: Path, database: str | None, by: str) -> None:
    """Undo an active DECISION, at once. The rule that made it leaves the actor alone for a while."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        decisions = deployment.state.decisions
        decisions.undo(decision, because=because, policy=deployment.policy, by=by, now_s=moment_s)
    click.echo(f"{decision}: undone")
