"""``excise case split``: some accounts of a case are another, by hand."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="split")
@click.argument("case")
@click.argument("accounts", nargs=-1, required=True)
@click.option("--title", required=True, help="Of the new case.")
@click.option("--because", required=True, help="Why, for colleagues.")
@deployed
def command(
    *,
    case: str,
    accounts: tuple[str, ...],
    title: str,
    because: str,
    data: Path,
    database: str | None,
    by: str,
) -> None:
    """Make ACCOUNTS of a CASE one of their own. What was decided about its actor holds for them no longer."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        new = deployment.state.cases.split(
            case, accounts, title=title, because=because, by=by, now_s=moment_s
        )
    click.echo(f"{new.id}: {new.size:,} accounts of {case}")
