"""``excise access tokens``: list tokens."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.legible import legible
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="tokens")
@deployed
def command(*, data: Path, database: str | None, by: str) -> None:  # noqa: ARG001 - every verb of a deployment takes it
    """List the tokens there are; none is shown."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        for token in deployment.state.tokens.list():
            lives = "lives" if token.lives(at_s=moment_s) else "is over"
            click.echo(f"{token.id}  {lives:7}  {', '.join(token.scopes):30}  {legible(token.name, 80)}")
