"""``excise case exhibit``: read what was preserved; the ledger says who did, and why."""

import sys
from pathlib import Path

import click
import msgspec

from excise.casework.exhibit import reveal
from excise.casework.sealing import Opener
from excise.cli import deployed
from excise.report.legible import legible
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="exhibit")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--reason", required=True, help="Why, for the ledger.")
@click.option("--key", type=click.Path(path_type=Path), help="The seal's private part.  [default: in --data]")
@click.option("--passphrase", envvar="EXCISE_PASSPHRASE", help="Of the seal; asked for by default.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines, the records in base64.")
@deployed
def command(
    *,
    file: Path,
    reason: str,
    key: Path | None,
    passphrase: str | None,
    as_json: bool,
    data: Path,
    database: str | None,
    by: str,
) -> None:
    """Print what is in an exhibit's FILE."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        words = passphrase or click.prompt("Passphrase of the seal", hide_input=True, err=True)
        opener = Opener.read(key or deployment.folder.opener, words)
        label, originals = reveal(deployment.state, file, opener, reason=reason, by=by, now_s=moment_s)
        click.echo(f"{label.id} of {label.case}, made by {legible(label.made_by, 80)}", err=True)
        for one in originals:
            if as_json:
                sys.stdout.buffer.write(msgspec.json.encode(one) + b"\n")
            else:
                click.echo(f"{legible(one.account, 80)}  {one.place}:{one.line}")
                click.echo(f"  {legible(one.raw.decode(errors='replace'), 4_000)}")
