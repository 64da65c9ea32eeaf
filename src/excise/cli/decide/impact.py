"""``excise decide impact``: whom an action would touch, before anything is done."""

from pathlib import Path
from typing import Any

import click

from excise.cli import deployed
from excise.cli.decide._drafting import Drafting, draft_of, drafting
from excise.report.legible import legible
from excise.report.progress import now_s
from excise.service.deployment import opened

_VERIFIED = {True: "verified", False: "not verified", None: "-"}


@click.command(name="impact")
@drafting
@click.option("--most", type=click.IntRange(0), default=50, show_default=True, help="How many are named.")
@deployed
def command(
    *,
    most: int,
    data: Path,
    database: str | None,
    by: str,  # noqa: ARG001 - every verb of a deployment takes it
    **options: Any,  # noqa: ANN401 - see Drafting
) -> None:
    """Say whom an action of a KIND would touch: accounts, customers, traffic, how many of them verified."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        draft = draft_of(deployment.state, Drafting(**options), reason="predicted")
        impact = deployment.state.impacts.of(draft, now_s=moment_s)
    click.echo(impact.sentence())
    for its in impact.organizations()[:most]:
        counted = f"{its.accounts:,} account{'s' * (its.accounts != 1)}, {its.verified:,} verified"
        click.echo(f"  organization {legible(its.organization, 60)}: {counted}, {its.exchanges:,} exchanges")
    for one in impact.accounts[:most]:
        customer = legible(one.organization or "-", 40)
        spared = "" if one.picked else "  not picked by the canary"
        click.echo(
            f"  {legible(one.account, 60)}  {customer}  {_VERIFIED[one.verified]}  "
            f"{one.exchanges:,} exchanges{spared}"
        )
    for one in impact.exempt[:most]:
        click.echo(f"  {legible(one.account, 60)}  exempt: programme {legible(one.programme or '', 60)}")
