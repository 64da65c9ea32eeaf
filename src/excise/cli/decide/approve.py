"""``excise decide approve``: a proposal holds from now."""

from pathlib import Path

import click

from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="approve")
@click.argument("decision")
@deployed
def command(*, decision: str, data: Path, database: str | None, by: str) -> None:
    """Let a proposed DECISION hold from now. One about many is approved by another than who proposed it."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        decisions = deployment.state.decisions
        made = decisions.approve(decision, policy=deployment.policy, by=by, now_s=moment_s)
    hours = (made.until_s - moment_s) / 3_600.0
    click.echo(
        f"{decision}: {made.status}, {made.size:,} account{'s' * (made.size != 1)}, for {hours:g} hours"
    )
