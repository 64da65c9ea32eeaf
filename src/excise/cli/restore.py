"""``excise restore``: a new state, filled from a back-up."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s


@click.command(name="restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@deployed
def command(*, file: Path, data: Path, database: str | None, by: str) -> None:
    """Fill a new state from a back-up FILE, all or nothing.

    The data folder holds the secret and the keys of before, and no state; with --database the state is
    restored there. A damaged file is refused, and so is a state that is not empty.
    """
    from excise.casework.backup import check, restore  # noqa: PLC0415 - of the extra serve
    from excise.service.deployment import opened  # noqa: PLC0415 - as above

    moment_s = now_s()
    check(file)
    with opened(data, database, now_s=moment_s) as deployment:
        count = restore(deployment.state, file, by=by, now_s=moment_s)
    click.echo(f"{count:,} rows from {file}")
