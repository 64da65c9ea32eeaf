"""``excise backup``: the state of a deployment, in one file."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s


@click.command(name="backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@deployed
def command(*, file: Path, data: Path, database: str | None, by: str) -> None:
    """Back up the state into FILE, of one moment, while everything goes on.

    It holds cases, decisions, programmes, people and the ledger; keep the secret and the keys of the data
    folder apart from it. Observations lie in files that are never changed: copy them as files.
    """
    from excise.casework.backup import backup  # noqa: PLC0415 - of the extra serve
    from excise.service.deployment import opened  # noqa: PLC0415 - as above

    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        count = backup(deployment.state, file, now_s=moment_s)
        deployment.state.ledger.note("backed_up", f"{count:,} rows into {file.name}", by=by, now_s=moment_s)
    click.echo(f"{file}: {count:,} rows, {file.stat().st_size:,} bytes")
