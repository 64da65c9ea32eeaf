"""``excise case``: campaigns under investigation. One file a verb, as in the folder above."""

import click

from excise.cli import Serving


@click.command(
    cls=Serving,
    package=__name__,
    name="case",
    help="""Campaigns under investigation: look, discuss, preserve, close.

\b
Look:      excise case list
           excise case show case-1a2b3c4d
Preserve:  excise case preserve case-1a2b3c4d logs/*.jsonl.gz --reason "counsel asks"
Check:     excise case verify
""",
)
def command() -> None:
    """Run a verb of casework."""
