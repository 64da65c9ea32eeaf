"""``excise case merge``: two cases are one, by hand."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="merge")
@click.argument("case")
@click.argument("into")
@click.option("--because", required=True, help="Why, for colleagues.")
@deployed
def command(*, case: str, into: str, because: str, data: Path, database: str | None, by: str) -> None:
    """Let a CASE live on INTO another; its accounts stay there, whatever linking says."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        bulk = deployment.policy.bulk
        cases = deployment.state.cases
        found = cases.merge(case, into, because=because, bulk=bulk, by=by, now_s=moment_s)
    click.echo(f"{into}: {found.size:,} accounts")
