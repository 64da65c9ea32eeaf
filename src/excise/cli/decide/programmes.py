"""``excise decide programmes``: who is exempt, until when, and how much of it is used."""

from datetime import UTC, datetime
from pathlib import Path

import click

from excise.casework.programme import Programme
from excise.cli import deployed
from excise.report.legible import legible
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="programmes")
@deployed
def command(
    *,
    data: Path,
    database: str | None,
    by: str,  # noqa: ARG001 - every verb of a deployment takes it
) -> None:
    """List programmes: contract, accounts, term, and how much of what they allow is used."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        programmes = deployment.state.programmes
        found = [(one, programmes.used(one.name)) for one in programmes.list()]
    for one, (exchanges, tokens) in found:
        click.echo(
            f"{legible(one.name, 60)}  {_stands(one, moment_s)}  {len(one.accounts):,} accounts  "
            f"{_used(exchanges, one.limits.exchanges)} exchanges  "
            f"{_used(tokens, one.limits.tokens_out)} tokens out  {legible(one.contract, 80)}"
        )
    click.echo(f"{len(found):,} programmes")


def _stands(one: Programme, at_s: float) -> str:
    if one.ended_at_s is not None:
        return f"ended: {legible(one.ended_because or '', 60)}"
    until = datetime.fromtimestamp(one.until_s, UTC).date()
    return f"until {until}" if one.runs(at_s=at_s) else f"does not run (until {until})"


def _used(count: int, most: int | None) -> str:
    return f"{count:,}" if most is None else f"{count:,} of {most:,}"
