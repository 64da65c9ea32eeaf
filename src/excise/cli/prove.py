"""``excise prove``: measure how well any of this works, on composed worlds."""

from pathlib import Path

import click

from excise.open_folder import member
from excise.proving_ground.draw import SCALES
from excise.proving_ground.trials import Folders, Trial


@click.command(name="prove")
@click.argument("trial")
@click.option("--seeds", default="900-903", show_default=True, help="First and last seed of the worlds.")
@click.option(
    "--scale", default="small", show_default=True, type=click.Choice(list(SCALES)), help="Size of a world."
)
@click.option(
    "--out", type=click.Path(path_type=Path), default="docs/measured", show_default=True, help="Folder."
)
@click.option(
    "--kept",
    type=click.Path(path_type=Path),
    help="Folder in which a long trial keeps what it has done; the same command goes on from there.",
)
@click.option(
    "--content", type=click.Path(path_type=Path), help="Folder of real words, instead of the package's own."
)
def command(
    *, trial: str, seeds: str, scale: str, out: Path, kept: Path | None, content: Path | None
) -> None:
    """Run a TRIAL.

    ``detection`` measures recall, false positives, linking and calibration; ``transfer`` the same on tactics,
    honest kinds and content that were left out; ``peers`` sets what others published beside it on the same
    worlds; ``evasion`` measures what each way to hide leaves of it and costs; ``partition`` measures the
    hardest crew, ``replay`` how much is out before the decision, ``looks`` what honest
    customers are said to be by who looks often; ``operating_points`` measures each detector and each kind of
    tie alone; ``lineage`` trains students of a teacher and
    measures how many bits there are against them; ``countermeasures`` measures what watermarks cost the text.
    ``weights`` and ``calibration`` make the forest and the reference that ship.

    The same seeds give the same figures.
    """
    first, dash, last = seeds.partition("-")
    last = last if dash else first
    if not (first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
        raise click.BadParameter(
            f"{seeds!r} is no range; say FIRST-LAST, such as 900-903", param_hint="--seeds"
        )
    kind = member("excise.proving_ground.trials", Trial, trial)  # type: ignore[type-abstract]
    for name, given in (("kept", kept), ("content", content)):
        if given is not None and name not in kind.takes:
            raise click.BadParameter(f"trial {trial} has no use for it", param_hint=f"--{name}")
    chosen = kind(Folders(kept, content))
    out.mkdir(parents=True, exist_ok=True)  # before the minutes that a trial takes
    measured = chosen.run(range(int(first), int(last) + 1), scale, lambda said: click.echo(said, err=True))
    (out / chosen.file).write_bytes(measured)
    click.echo(f"{out / chosen.file}")
