"""``excise case comment``: say something about a case."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="comment")
@click.argument("case")
@click.argument("text")
@deployed
def command(*, case: str, text: str, data: Path, database: str | None, by: str) -> None:
    """Say TEXT about a CASE; it stands in the timeline for good."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        event = deployment.state.cases.comment(case, text, by=by, now_s=moment_s)
    click.echo(f"{case}: entry {event.sequence} of the ledger")
