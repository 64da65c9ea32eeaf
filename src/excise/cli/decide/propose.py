"""``excise decide propose``: say what should be done about whom."""

from pathlib import Path
from typing import Any

import click

from excise.cli import deployed
from excise.cli.decide._drafting import Drafting, draft_of, drafting
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="propose")
@drafting
@click.option("--reason", required=True, help="Why, for colleagues.")
@click.option("--act", is_flag=True, help="Let it hold at once, where nobody else has to agree.")
@deployed
def command(
    *,
    reason: str,
    act: bool,
    data: Path,
    database: str | None,
    by: str,
    **options: Any,  # noqa: ANN401 - see Drafting
) -> None:
    """Propose an action of a KIND: observe, throttle, challenge, degrade or block."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        state = deployment.state
        draft = draft_of(state, Drafting(**options), reason=reason, act=act)
        impact = state.impacts.of(draft, now_s=moment_s)
        made = state.decisions.propose(draft, policy=deployment.policy, by=by, now_s=moment_s)
    click.echo(f"{made.id}: {made.status}; {impact.sentence()}")
    if act and made.status != "active":
        click.echo("it concerns so many that a second person has to approve it", err=True)
