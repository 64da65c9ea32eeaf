"""``excise decide``: what is done about whom. One file a verb, as in the folder above."""

import click

from excise.cli import Serving


@click.command(
    cls=Serving,
    package=__name__,
    name="decide",
    help="""What is done about whom: propose, approve, undo; every action has a reason and an end.

\b
Ask:      excise decide explain ACCOUNT
          excise decide impact block --case case-1a2b3c4d
Propose:  excise decide propose block --case case-1a2b3c4d --hours 72 --reason "pulls reasoning traces"
Approve:  excise decide approve dec-1a2b3c4d5e6f7a8b
Undo:     excise decide undo dec-1a2b3c4d5e6f7a8b --because "a licensed customer"
""",
)
def command() -> None:
    """Run a verb of decisions."""
