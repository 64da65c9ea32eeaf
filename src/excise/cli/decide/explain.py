"""``excise decide explain``: which rules match an account and why not, and what holds for it."""

from datetime import UTC, datetime
from pathlib import Path

import click

from excise.casework.state.explaining import explain
from excise.cli import deployed
from excise.report.legible import legible
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="explain")
@click.argument("account")
@deployed
def command(*, account: str, data: Path, database: str | None, by: str) -> None:
    """Say what the policy makes of an ACCOUNT now, and why."""
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        deployment.state.ledger.saw(f"what holds for {account}"[:400], by=by, now_s=moment_s)
        told = explain(deployment.state, account, deployment.policy, now_s=moment_s)
    if told.standing is None:
        click.echo(f"{legible(account, 80)}: never judged")
    else:
        click.echo(
            f"{legible(account, 80)}: {told.standing.bits:.1f} bits, "
            f"actor {legible(told.standing.actor, 60)}, "
            f"{told.standing.exchanges:,} exchanges"
        )
    if told.programme is not None:
        limits = told.programme.limits
        click.echo(
            f"exempt: programme {legible(told.programme.name, 60)} "
            f"({legible(told.programme.contract, 100)}); "
            f"exchanges at most {limits.exchanges}, tokens out at most {limits.tokens_out}, "
            f"until {_at(told.programme.until_s)}"
        )
    if told.case is None:
        click.echo("no living case holds it, so no rule looks at it")
    else:
        click.echo(f"{told.case.id}: {legible(told.case.title, 120)}")
    for one in told.rules:
        click.echo(f"rule {one.rule}: {'matches' if one.matches else 'does not match'}")
        for condition in one.conditions:
            click.echo(f"  {'yes' if condition.met else 'no ':3}  {condition.text}")
        if one.snoozed is not None:
            click.echo(f"  snoozed until {_at(one.snoozed.until_s)}: {legible(one.snoozed.reason, 200)}")
        for decision in one.standing:
            click.echo(f"  {decision.id} is {decision.status} until {_at(decision.until_s)}")
    for effect in told.effects:
        how = "simulated" if effect.simulated else "carried out"
        click.echo(f"holds now, {how}: {effect.kind} until {_at(effect.until_s)} ({effect.decision})")
    if not told.effects:
        click.echo("nothing holds for it")


def _at(moment_s: float) -> str:
    return f"{datetime.fromtimestamp(min(moment_s, 4e9), UTC):%Y-%m-%d %H:%M} UTC"
