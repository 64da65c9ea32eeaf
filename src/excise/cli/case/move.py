"""``excise case move``: accounts are put into a case or left out of it, by hand."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="move")
@click.argument("way", type=click.Choice(["in", "out"]))
@click.argument("case")
@click.argument("accounts", nargs=-1, required=True)
@click.option("--because", required=True, help="Why, for colleagues.")
@deployed
def command(
    *,
    way: str,
    case: str,
    accounts: tuple[str, ...],
    because: str,
    data: Path,
    database: str | None,
    by: str,
) -> None:
    """Move ACCOUNTS in to a CASE, or out of it; linking does not move them back."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        cases = deployment.state.cases
        if way == "in":
            bulk = deployment.policy.bulk
            found = cases.put_in(case, accounts, because=because, bulk=bulk, by=by, now_s=moment_s)
        else:
            found = cases.leave_out(case, accounts, because=because, by=by, now_s=moment_s)
    click.echo(f"{case}: {found.size:,} accounts")
