"""``excise lineage kinship``: does the suspect sound like the references? A lead, never a finding."""

from pathlib import Path
from typing import Any

import click

from excise.cli.lineage._running import FILE_THERE, Options, Read, carry_out, prompts, running
from excise.lineage.methods import Given


@click.command(name="kinship")
@click.option("--prompts", "questions", type=FILE_THERE, required=True, help="What to ask, as JSON lines.")
@running
def command(*, questions: Path, **options: Any) -> None:  # noqa: ANN401 - see Options
    """Liken a suspect to reference models: where to look, and no evidence.

    Models resemble each other for many reasons, so this has no bits.
    """
    asked, described = prompts(questions)
    carry_out("kinship", Read(Given(prompts=asked), (described,)), Options(**options))
