"""``excise case show``: one case, with its reasons and its timeline."""

from datetime import UTC, datetime
from pathlib import Path

import click

from excise.casework.decision import DecisionFilter
from excise.cli import deployed
from excise.report.legible import legible
from excise.report.progress import now_s
from excise.service.deployment import opened

_MOST_ACCOUNTS = 20


@click.command(name="show")
@click.argument("case")
@deployed
def command(*, case: str, data: Path, database: str | None, by: str) -> None:
    """Show a CASE: what it is about, why, what was decided, and all that happened."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        state = deployment.state
        found = state.cases.get(case)
        state.ledger.saw(f"{case}", case=case, by=by, now_s=moment_s)
        click.echo(f"{found.id}: {legible(found.title, 200)}")
        click.echo(
            f"{found.status}, {found.bits:.1f} bits, {found.size:,} accounts ({found.verified:,} verified), "
            f"{found.exchanges:,} exchanges, {found.tokens_out:,} tokens out"
        )
        if found.outcome is not None:
            click.echo(f"outcome: {found.outcome}: {legible(found.outcome_because or '', 400)}")
        shown = ", ".join(legible(account, 60) for account in found.accounts[:_MOST_ACCOUNTS])
        more = found.size - _MOST_ACCOUNTS
        click.echo(f"accounts: {shown}{f' and {more:,} more' if more > 0 else ''}")
        for account, put in found.by_hand.items():
            click.echo(f"  {legible(account, 60)} was {'put in' if put else 'left out'} by hand")
        if found.campaign is not None:
            click.echo("\nbecause")
            for because in state.standings.campaign(found.campaign).because:
                click.echo(f"  {because.weight:+6.2f}  {legible(because.text, 160)}")
        decisions = state.decisions.list(DecisionFilter(case=case)).decisions
        if decisions:
            click.echo("\ndecisions")
        for decision in decisions:
            click.echo(
                f"  {decision.id}  {decision.status:9} {decision.kind}  {legible(decision.reason, 120)}"
            )
        for appeal in state.appeals.of_case(case):
            answered = "open" if appeal.granted is None else "granted" if appeal.granted else "not granted"
            click.echo(f"\nappeal {appeal.id} ({answered}): {legible(appeal.text, 2_000)}")
        click.echo("\ntimeline")
        for event in state.cases.events(case):
            at = datetime.fromtimestamp(event.at_s, UTC)
            text = legible(event.text, 300)
            click.echo(f"  {at:%Y-%m-%d %H:%M:%S}  {legible(event.by, 20):20}  {event.happening:9}  {text}")
