"""``excise lineage draw-twins``: ask the serving model again, and keep what it says back."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from excise.cli.lineage._running import FILE_THERE, asked, replies
from excise.errors import BadSetting
from excise.lineage.drawing import deterministic, draw
from excise.lineage.opening import open_suspect
from excise.lineage.suspects import Terms
from excise.report.legible import legible
from excise.report.progress import now_s

_MOST_SHOWN = 5


@click.command(name="draw-twins")
@click.option("--served", type=FILE_THERE, required=True, help="Replies that were served, as JSON lines.")
@click.option(
    "--teacher", required=True, help="The model that served them: openai:BASE_URL#MODEL or hf:FOLDER."
)
@click.option(
    "--draws",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="Twins a reply; from two on, a test has a control of its own.",
)
@click.option("--seed", default=0, show_default=True, help="Of the sampler's seeds.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The twins go here."
)
@asked
def command(*, served: Path, teacher: str, draws: int, seed: int, out: Path, **options: Any) -> None:  # noqa: ANN401 - as Terms has them
    """Draw twins of served replies from the model that served them.

    Use the same version, template and settings as then, and never serve what comes out. Killed, the same
    command goes on; no twin is paid for twice.
    """
    ours, _ = replies("served", served)
    fixed = deterministic(ours)
    if fixed:
        raise BadSetting(
            f"{served}: {len(fixed):,} replies were not left to chance (temperature 0 or top_k 1), the first "
            f"in row {fixed[0]}: their twins would be the same text. Leave these rows out"
        )
    model = open_suspect(teacher, Terms(**options))
    try:
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("drawing", total=len(ours))
            drawn = draw(
                ours,
                model,
                out,
                draws=draws,
                seed=seed,
                clock_s=now_s,
                told=lambda done: bar.update(task, completed=done),
            )
    finally:
        model.close()
    for row, why in drawn.missing[:_MOST_SHOWN]:
        click.echo(f"{served}:{row}: no twin: {legible(why, 300)}", err=True)
    if len(drawn.missing) > _MOST_SHOWN:
        click.echo(f"{served}: {len(drawn.missing) - _MOST_SHOWN:,} more have no twin", err=True)
    click.echo(f"{drawn.twins:,} twins of {len(ours):,} replies: {out}")
