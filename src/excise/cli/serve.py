"""``excise serve``: exchanges in, decisions out, beside a gateway, around the clock."""

import os
from pathlib import Path

import click

from excise.cli import Place
from excise.console.serving import prepare
from excise.service.starting import Asked

_PASSPHRASE = "EXCISE_PASSPHRASE"  # noqa: S105 - the name of a variable


@click.command(name="serve")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default="excise-data",
    show_default=True,
    help="The data folder; made on the first run.",
)
@click.option("--database", help="The state, if not in the folder: postgresql://USER@HOST/NAME.")
@click.option("--listen", type=Place(), default="127.0.0.1:8400", show_default=True, help="Where to listen.")
@click.option(
    "--socket", "unix_socket", type=click.Path(path_type=Path), help="Listen on a Unix socket instead."
)
@click.option("--tls-cert", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="PEM.")
@click.option("--tls-key", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="PEM.")
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="TOML file; read again on SIGHUP.",
)
@click.option("--secret-file", type=click.Path(path_type=Path), help="The deployment secret.")
def command(
    *,
    data: Path,
    database: str | None,
    listen: tuple[str, int],
    unix_socket: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    settings_file: Path | None,
    secret_file: Path | None,
) -> None:
    """Take exchanges in, find campaigns, and answer gateways what to do with a request.

    The first run makes the data folder, and prints a token and the passphrase of the seal, once. Give a
    passphrase of your own in EXCISE_PASSPHRASE. SIGTERM ends it when what was accepted is done; SIGHUP reads
    settings and policy again.
    """
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("a certificate needs its key: name both --tls-cert and --tls-key")
    prepared = prepare(
        Asked(
            data=data,
            host=listen[0],
            port=listen[1],
            unix_socket=unix_socket,
            tls_certificate=tls_cert,
            tls_key=tls_key,
            database=database,
            settings_file=settings_file,
            secret_file=secret_file,
            passphrase=os.environ.get(_PASSPHRASE),
        )
    )
    for line in prepared.told:
        click.echo(line)
    prepared.service.run()
