"""``excise access token``: make a token."""

from pathlib import Path

import click

from excise.casework.state.tokens import TokenScope
from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="token")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([str(one) for one in TokenScope]),
    help="What it is good for; may be repeated.",
)
@click.option("--days", type=click.FloatRange(0, min_open=True), help="It ends after so many; else never.")
@deployed
def command(
    *, name: str, scopes: tuple[str, ...], days: float | None, data: Path, database: str | None, by: str
) -> None:
    """Make a token called NAME, and print it: it is shown this once."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        until_s = None if days is None else moment_s + days * 86_400.0
        wanted = [TokenScope(scope) for scope in scopes]
        made = deployment.state.tokens.make(name, wanted, until_s=until_s, by=by, now_s=moment_s)
    click.echo(made.text)
