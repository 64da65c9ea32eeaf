"""``excise case list``: the queue."""

from pathlib import Path

import click

from excise.casework.case import CaseFilter, CaseOrder, CaseStatus
from excise.cli import deployed
from excise.report.legible import legible
from excise.report.progress import now_s
from excise.service.deployment import opened

_LIVING = (CaseStatus.OPEN, CaseStatus.INVESTIGATING)


@click.command(name="list")
@click.option("--all", "every", is_flag=True, help="Closed and merged ones too.")
@click.option("--assignee", help="Of one person; an empty name asks for those of nobody.")
@click.option("--account", help="Those that an account is in.")
@click.option(
    "--order",
    type=click.Choice([str(one) for one in CaseOrder]),
    default="bits",
    show_default=True,
    help="What comes first.",
)
@click.option("--most", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
@click.option("--after", help="Where the next page begins, as the page before says.")
@deployed
def command(
    *,
    every: bool,
    assignee: str | None,
    account: str | None,
    order: str,
    most: int,
    after: str | None,
    data: Path,
    database: str | None,
    by: str,  # noqa: ARG001 - every verb of a deployment takes it
) -> None:
    """List cases, the strongest first."""
    asked = CaseFilter(
        status=() if every else _LIVING, assignee=assignee, account=account, order=CaseOrder(order)
    )
    with opened(data, database, now_s=now_s()) as deployment:
        page = deployment.state.cases.list(asked, after=after, most=most)
        count = deployment.state.cases.count(asked)
    for case in page.cases:
        click.echo(
            f"{case.id}  {case.bits:5.1f} bits  {case.size:>6,} accounts  {case.exchanges:>10,} exchanges  "
            f"{case.status:13}  {legible(case.assignee or '-', 20):20}  {legible(case.title, 80)}"
        )
    click.echo(f"{len(page.cases):,} of {count:,} cases")
    if page.after is not None:
        click.echo(f"more: --after {page.after}")
