"""``excise lineage twins``: does the suspect know what was served better than what could have been served?"""

from pathlib import Path
from typing import Any

import click

from excise.cli.lineage._running import FILE_THERE, Options, Read, carry_out, replies, running
from excise.lineage.methods import Given
from excise.lineage.suspects import Access, Suspect


@click.command(name="twins")
@click.option("--served", type=FILE_THERE, required=True, help="Replies that were served, as JSON lines.")
@click.option("--twins", type=FILE_THERE, required=True, help="Their twins, drawn from the same model.")
@click.option(
    "--text-only", is_flag=True, help="Use the suspect's text only, also where it gives log-probabilities."
)
@running
def command(*, served: Path, twins: Path, text_only: bool, **options: Any) -> None:  # noqa: ANN401 - see Options
    """Test whether a suspect was trained on replies that were served.

    For each served reply there are one or several twins: replies of the same model, to the same prompt, with
    the same settings, that nobody was ever served. A suspect that was not trained on the served ones cannot
    tell which is which.
    """
    ours, first = replies("served", served)
    theirs, second = replies("twins", twins)

    def fitting(suspect: Suspect) -> str:
        likely = Access.LOG_PROBABILITIES in suspect.access and not text_only
        return "twins" if likely else "twins_text"

    carry_out(fitting, Read(Given(served=ours, twins=theirs), (first, second)), Options(**options))
