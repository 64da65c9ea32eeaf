"""``excise access dismiss``: somebody may sign in no more."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="dismiss")
@click.argument("name")
@deployed
def command(*, name: str, data: Path, database: str | None, by: str) -> None:
    """Let the person called NAME sign in no more; their sessions end at once."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        deployment.state.people.change(name, disabled=True, by=by, now_s=moment_s)
    click.echo(f"{name}: may sign in no more")
