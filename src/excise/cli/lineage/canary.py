"""``excise lineage canary``: does what was planted stand out among what was not?"""

from pathlib import Path
from typing import Any

import click

from excise.cli.lineage._running import FILE_THERE, Options, Read, carry_out, replies, running
from excise.lineage.methods import Given
from excise.lineage.suspects import Access, Suspect


@click.command(name="canary")
@click.option(
    "--canaries",
    type=FILE_THERE,
    required=True,
    help="JSON lines: draw 0 of an id was planted, the others were drawn with it and were not.",
)
@running
def command(*, canaries: Path, **options: Any) -> None:  # noqa: ANN401 - see Options
    """Test whether a suspect was trained on replies in which canaries were planted."""
    found, described = replies("canaries", canaries)

    def fitting(suspect: Suspect) -> str:
        likely = Access.LOG_PROBABILITIES in suspect.access
        return "canaries" if likely else "canaries_text"

    carry_out(fitting, Read(Given(canaries=found), (described,)), Options(**options))
