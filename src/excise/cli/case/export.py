"""``excise case export``: a case as JSON."""

from pathlib import Path

import click

from excise.casework.export import export
from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="export")
@click.argument("case")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="The file.  [default: standard output]"
)
@deployed
def command(*, case: str, out: Path | None, data: Path, database: str | None, by: str) -> None:
    """Write all that is known of a CASE as JSON. It holds no words of exchanges."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        document = export(deployment.state, case, by=by, now_s=moment_s)
    if out is None:
        click.echo(document.decode())
    else:
        out.write_bytes(document + b"\n")
        click.echo(f"{out}: {len(document):,} bytes")
