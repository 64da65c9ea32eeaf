"""``excise case close``: say what an investigation came to."""

from pathlib import Path

import click

from excise.casework.case import Outcome
from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="close")
@click.argument("case")
@click.argument("outcome", type=click.Choice([str(one) for one in Outcome]))
@click.option("--because", required=True, help="Why, for colleagues.")
@deployed
def command(*, case: str, outcome: str, because: str, data: Path, database: str | None, by: str) -> None:
    """Close a CASE with its OUTCOME. Where that is not_harvesting, what was decided in it is undone."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        deployment.state.cases.close(case, Outcome(outcome), because=because, by=by, now_s=moment_s)
    click.echo(f"{case}: closed, {outcome}")
