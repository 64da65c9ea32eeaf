"""``excise case reopen``: a closed case is opened again."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="reopen")
@click.argument("case")
@click.option("--because", required=True, help="Why, for colleagues.")
@deployed
def command(*, case: str, because: str, data: Path, database: str | None, by: str) -> None:
    """Open a closed CASE again."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        found = deployment.state.cases.reopen(case, because=because, by=by, now_s=moment_s)
    click.echo(f"{case}: {found.status}, {found.size:,} accounts")
