"""``excise decide refuse``: a proposal is not carried out."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="refuse")
@click.argument("decision")
@click.option("--because", required=True, help="Why, for colleagues.")
@deployed
def command(*, decision: str, because: str, data: Path, database: str | None, by: str) -> None:
    """Refuse a proposed DECISION. The rule that made it leaves the actor alone for a while."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        decisions = deployment.state.decisions
        decisions.refuse(decision, because=because, policy=deployment.policy, by=by, now_s=moment_s)
    click.echo(f"{decision}: refused")
