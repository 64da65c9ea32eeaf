"""``excise prove``: measure how well any of this works, on composed worlds."""

from pathlib import Path

import click

from excise.open_folder import member
from excise.proving_ground.draw import SCALES
from excise.proving_ground.trials import Trial


@click.command(name="prove")
@click.argument("trial")
@click.option("--seeds", default="900-903", show_default=True, help="First and last seed of the worlds.")
@click.option(
    "--scale", default="small", show_default=True, type=click.Choice(list(SCALES)), help="Size of a world."
)
@click.option(
    "--out", type=click.Path(path_type=Path), default="docs/measured", show_default=True, help="Folder."
)
def command(*, trial: str, seeds: str, scale: str, out: Path) -> None:
    """Run a TRIAL.

    ``detection`` measures recall, false positives, linking and calibration; ``peers`` sets what others
    published beside it on the same worlds; ``evasion`` measures what each way to hide leaves of it and costs;
    ``calibration`` makes the shipped reference.

    The same seeds give the same figures.
    """
    first, dash, last = seeds.partition("-")
    last = last if dash else first
    if not (first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
        raise click.BadParameter(
            f"{seeds!r} is no range; say FIRST-LAST, such as 900-903", param_hint="--seeds"
        )
    chosen = member("excise.proving_ground.trials", Trial, trial)()  # type: ignore[type-abstract]
    out.mkdir(parents=True, exist_ok=True)  # before the minutes that a trial takes
    content = chosen.run(range(int(first), int(last) + 1), scale, lambda said: click.echo(said, err=True))
    (out / chosen.file).write_bytes(content)
    click.echo(f"{out / chosen.file}")
