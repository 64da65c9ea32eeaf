"""``excise access``: who may send, ask, read and decide. One file a verb, as in the folder above."""

import click

from excise.cli import Serving


@click.command(
    cls=Serving,
    package=__name__,
    name="access",
    help="""Who may send, ask, read and decide: tokens of gateways, and people who sign in.

\b
A gateway:  excise access token gateway --scope decide --scope capture
A person:   excise access person ann --role approver
""",
)
def command() -> None:
    """Run a verb of access."""
