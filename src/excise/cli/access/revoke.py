"""``excise access revoke``: a token is good for nothing any more."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="revoke")
@click.argument("token")
@deployed
def command(*, token: str, data: Path, database: str | None, by: str) -> None:
    """Revoke a TOKEN, named by its 8 digits."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        deployment.state.tokens.revoke(token, by=by, now_s=moment_s)
    click.echo(f"{token}: revoked")
