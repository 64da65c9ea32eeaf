"""``excise case verify``: is the ledger what was written?"""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="verify")
@click.option(
    "--public-key", "keys", multiple=True, help="Whose signatures count, in hexadecimal; ours by default."
)
@click.option("--sign", is_flag=True, help="Sign the latest entry, where nothing is wrong.")
@deployed
def command(*, keys: tuple[str, ...], sign: bool, data: Path, database: str | None, by: str) -> int:  # noqa: ARG001 - every verb of a deployment takes it
    """Check the ledger: the chain, the records it vouches for, signatures, and its copy outside the database.

    Exit codes: 0 it holds; 1 something was changed.
    """
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        signer = deployment.signer()
        found = deployment.state.ledger.verify(
            outside=deployment.folder.ledger,
            checkpoints=deployment.checkpoints,
            public_keys=frozenset(keys) or frozenset({signer.public_key}),
        )
        if sign and not found.faults:
            deployment.state.ledger.checkpoint(signer, now_s=moment_s, outside=deployment.checkpoints)
    for fault in found.faults:
        click.echo(fault.text, err=True)
    click.echo(
        f"{found.entries:,} entries, {found.checkpoints:,} checkpoints, {found.outside:,} in the copy: "
        + (f"{len(found.faults):,} faults" if found.faults else "it holds")
    )
    return 1 if found.faults else 0
