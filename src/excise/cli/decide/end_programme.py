"""``excise decide end-programme``: a programme ends before its time."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="end-programme")
@click.argument("programme")
@click.option("--because", required=True, help="Why, for colleagues.")
@deployed
def command(*, programme: str, because: str, data: Path, database: str | None, by: str) -> None:
    """End a PROGRAMME; what was decided about its accounts holds from now."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        deployment.state.programmes.end(programme, because=because, by=by, now_s=moment_s)
    click.echo(f"{programme}: ended")
