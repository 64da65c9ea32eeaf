"""``excise access person``: let somebody sign in."""

from pathlib import Path

import click

from excise.casework.state.people import Role
from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="person")
@click.argument("name")
@click.option(
    "--role", type=click.Choice([str(one) for one in Role]), required=True, help="What they may do."
)
@click.option("--identity", help="Issuer and subject of an OpenID provider, as ISSUER|SUBJECT; no password.")
@click.option("--password", envvar="EXCISE_PASSWORD", help="Asked for by default.")
@deployed
def command(
    *,
    name: str,
    role: str,
    identity: str | None,
    password: str | None,
    data: Path,
    database: str | None,
    by: str,
) -> None:
    """Let somebody called NAME sign in to the console."""
    if identity is None and password is None:
        password = click.prompt(f"Password of {name}", hide_input=True, confirmation_prompt=True)
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        deployment.state.people.add(
            name, Role(role), password=password, identity=identity, by=by, now_s=moment_s
        )
    click.echo(f"{name}: {role}")
