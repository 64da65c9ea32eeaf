"""``excise decide snooze``: a rule leaves an actor alone for a while."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="snooze")
@click.argument("rule")
@click.argument("actor")
@click.option("--hours", type=click.FloatRange(0, min_open=True), required=True, help="For how long.")
@click.option("--because", required=True, help="Why, for colleagues.")
@deployed
def command(
    *, rule: str, actor: str, hours: float, because: str, data: Path, database: str | None, by: str
) -> None:
    """Let a RULE (or *, every rule) leave an ACTOR, or a case, alone."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        until_s = moment_s + hours * 3_600.0
        made = deployment.state.snoozes.add(
            rule, actor, until_s=until_s, reason=because, by=by, now_s=moment_s
        )
    click.echo(f"{made.id}: {rule} leaves {actor} alone for {hours:g} hours")
