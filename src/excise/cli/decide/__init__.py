"""``excise decide``: what is done about whom. One file a verb, as in the folder above."""

import click

from excise.cli import Serving, deployed


@click.group(
    cls=Serving,
    invoke_without_command=True,
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
@click.option("--explain", metavar="ACCOUNT", help="As the verb explain.")
@deployed
@click.pass_context
def command(ctx: click.Context, /, *, explain: str | None, **deployment: object) -> None:
    """Run a verb of decisions."""
    if ctx.invoked_subcommand is not None:
        return
    verb = ctx.command.get_command(ctx, "explain") if isinstance(ctx.command, click.Group) else None
    if explain is None or verb is None:
        click.echo(ctx.get_help())
        return
    ctx.invoke(verb, account=explain, **deployment)
