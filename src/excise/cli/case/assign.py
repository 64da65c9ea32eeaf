"""``excise case assign``: say who looks into a case."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="assign")
@click.argument("case")
@click.argument("person", required=False)
@deployed
def command(*, case: str, person: str | None, data: Path, database: str | None, by: str) -> None:
    """Assign a CASE to a PERSON, or to nobody."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        found = deployment.state.cases.assign(case, person, by=by, now_s=moment_s)
    click.echo(f"{case}: {found.assignee or 'nobody'}")
