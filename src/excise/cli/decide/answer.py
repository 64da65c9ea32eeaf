"""``excise decide answer``: answer an appeal."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="answer")
@click.argument("appeal")
@click.argument("text")
@click.option("--grant/--deny", required=True, default=None, help="Granted, it undoes the decision at once.")
@deployed
def command(*, appeal: str, text: str, grant: bool, data: Path, database: str | None, by: str) -> None:
    """Answer an APPEAL with a TEXT."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        deployment.state.appeals.answer(
            appeal, text, granted=grant, policy=deployment.policy, by=by, now_s=moment_s
        )
    click.echo(f"{appeal}: {'granted' if grant else 'not granted'}")
