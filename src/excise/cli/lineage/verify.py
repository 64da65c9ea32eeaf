"""``excise lineage verify``: is a finding as it was signed? Without a network."""

from pathlib import Path

import click

from excise.cli.lineage._running import FILE_THERE
from excise.lineage.timestamps import roots_in
from excise.lineage.verifying import verify
from excise.report.legible import legible


@click.command(name="verify")
@click.argument("finding", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--signer", help="The public key that must have signed it, in hexadecimal.")
@click.option(
    "--tsa-root",
    type=FILE_THERE,
    help="Root certificates of time-stamping authorities that you trust, in PEM.",
)
def command(*, finding: Path, signer: str | None, tsa_root: Path | None) -> int:
    """Check every byte of a FINDING, and say what fails.

    Exit codes: 0 it holds; 1 something fails; 2 error.
    """
    checks = verify(finding, signer=signer, roots=roots_in(tsa_root) if tsa_root else ())
    for one in checks:
        click.echo(f"{one.verdict:5}  {one.what}: {legible(one.says, 300)}")
    fails = any(one.verdict == "fails" for one in checks)
    click.echo("This finding is not as it was signed." if fails else "This finding is as it was signed.")
    return 1 if fails else 0
