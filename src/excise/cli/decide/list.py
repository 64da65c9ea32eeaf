"""``excise decide list``: what was decided, and what waits for approval."""

from datetime import UTC, datetime
from pathlib import Path

import click

from excise.casework.decision import DecisionFilter, Status
from excise.cli import deployed
from excise.report.legible import legible
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="list")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice([str(one) for one in Status]),
    help="May be repeated; active and proposed by default.",
)
@click.option("--case", help="Of one case.")
@click.option("--rule", help="Of one rule of the policy.")
@click.option("--most", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
@click.option("--after", help="Where the next page begins, as the page before says.")
@deployed
def command(
    *,
    statuses: tuple[str, ...],
    case: str | None,
    rule: str | None,
    most: int,
    after: str | None,
    data: Path,
    database: str | None,
    by: str,  # noqa: ARG001 - every verb of a deployment takes it
) -> None:
    """List decisions, the newest first."""
    status = tuple(Status(one) for one in statuses) or (Status.ACTIVE, Status.PROPOSED)
    with opened(data, database, now_s=now_s()) as deployment:
        asked = DecisionFilter(status=status, case=case, rule=rule)
        page = deployment.state.decisions.list(asked, after=after, most=most)
    for one in page.decisions:
        until = datetime.fromtimestamp(one.until_s, UTC)
        shadow = " (simulated)" if one.simulated else ""
        click.echo(
            f"{one.id}  {one.status:8}  {one.kind} {one.scope} {legible(one.subject, 60)}{shadow}  "
            f"until {until:%Y-%m-%d %H:%M}  {legible(one.made_by, 20)}: {legible(one.reason, 80)}"
        )
    if page.after is not None:
        click.echo(f"more: --after {page.after}")
