"""``excise token``: who may send exchanges, ask for decisions, read, or act."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from excise.cli import Finite
from excise.errors import NotInstalled
from excise.observation.secret import Keyring
from excise.report.legible import legible
from excise.report.progress import now_s

if TYPE_CHECKING:
    from excise.casework.state import State

_SCOPES = ("capture", "decide", "read", "act")
_DAY_S = 86_400.0

_data = click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default="excise-data",
    show_default=True,
    help="The data folder.",
)
_database = click.option("--database", help="The state, if not in the folder.")
_secret_file = click.option("--secret-file", type=click.Path(path_type=Path), help="The deployment secret.")


@click.group(name="token")
def command() -> None:
    """Make, list and revoke the tokens of the service; it knows within a second."""


@command.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(_SCOPES),
    help="What it is good for; may be repeated.",
)
@click.option("--days", type=Finite(0, min_open=True), help="How long it lives; for good where not said.")
@_data
@_database
@_secret_file
def add(
    *,
    name: str,
    scopes: tuple[str, ...],
    days: float | None,
    data: Path,
    database: str | None,
    secret_file: Path | None,
) -> None:
    """Make a token called NAME, and show it once.

    A gateway needs decide, and capture where it sends exchanges; Prometheus needs read.
    """
    from excise.casework.state.tokens import TokenScope  # noqa: PLC0415 - of the extra

    with _state(data, database, secret_file) as state:
        made = state.tokens.make(
            name,
            [TokenScope(scope) for scope in scopes],
            until_s=None if days is None else now_s() + days * _DAY_S,
            by="command line",
            now_s=now_s(),
        )
    click.echo(made.text)


@command.command(name="list")
@_data
@_database
@_secret_file
def list_(*, data: Path, database: str | None, secret_file: Path | None) -> None:
    """List the tokens: everything but the tokens themselves."""
    with _state(data, database, secret_file) as state:
        tokens = state.tokens.list()
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("id", "name", "scopes", "made", "until", ""):
        table.add_column(column)
    for token in tokens:
        lives = token.lives(at_s=now_s())
        table.add_row(
            token.id,
            legible(token.name),
            " ".join(token.scopes),
            _day(token.made_at_s),
            _day(token.until_s),
            "" if lives else "revoked" if token.revoked_at_s is not None else "over",
        )
    Console(highlight=False).print(table)


@command.command()
@click.argument("token")
@_data
@_database
@_secret_file
def revoke(*, token: str, data: Path, database: str | None, secret_file: Path | None) -> None:
    """Revoke the TOKEN with this id."""
    with _state(data, database, secret_file) as state:
        state.tokens.revoke(token, by="command line", now_s=now_s())
    click.echo(f"{token} is revoked")


@contextmanager
def _state(data: Path, database: str | None, secret_file: Path | None) -> "Iterator[State]":
    try:
        from excise.casework.state import State  # noqa: PLC0415 - of the extra
        from excise.service.folder import Folder  # noqa: PLC0415
    except ImportError as error:
        raise NotInstalled(
            f"tokens stand on the package {error.name}; pip install 'excise[serve]' brings it"
        ) from None
    folder = Folder(data, secret_file=secret_file)
    keyring = Keyring.open(folder.secret, now_s=now_s())
    with State.open(
        database or folder.database,
        secret=keyring.derive("state"),
        now_s=now_s(),
        outside=folder.ledger,
    ) as state:
        yield state


def _day(at_s: float | None) -> str:
    return "" if at_s is None else datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M")
