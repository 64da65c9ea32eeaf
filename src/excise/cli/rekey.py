"""``excise rekey``: rotate the deployment secret."""

import time
from pathlib import Path

import click

from excise.cli import Finite
from excise.observation.secret import Keyring
from excise.store.manifest import Manifest
from excise.store.store import Store

_DAY_S = 86_400.0


@click.command(name="rekey")
@click.option(
    "--overlap-days",
    type=Finite(0, 36_500),
    default=30.0,
    show_default=True,
    help="How long the old secret goes on; take the window you look back.",
)
@click.option("--secret-file", type=click.Path(path_type=Path), help="The deployment secret.")
@click.option(
    "--store",
    "stores",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Also remove from this store what retired secrets keyed. May be repeated.",
)
def command(*, overlap_days: float, secret_file: Path | None, stores: tuple[Path, ...]) -> None:
    """Rotate the deployment secret.

    Until the overlap has passed, new exchanges are kept under both secrets and questions are asked under the
    old one, whose observations reach back further; then the old one's observations are removed.
    """
    now_s = time.time()  # noqa: TID251 - the command line is where the clock comes from
    for path in stores:
        Manifest.demand(path)
    ring = Keyring.open(secret_file, now_s=now_s).rotate(now_s=now_s, overlap_s=overlap_days * _DAY_S)
    removed = 0
    for path in stores:
        with Store.open(path, ring) as store:
            removed += store.sweep(now_s=now_s)
    if stores:
        ring = ring.retire(now_s=now_s)
    click.echo(
        f"keys now: {', '.join(key.id for key in ring.keys)} "
        f"(new exchanges are kept under all; the first answers); "
        f"{removed:,} observations of retired keys removed"
    )
