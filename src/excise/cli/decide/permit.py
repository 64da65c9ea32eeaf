"""``excise decide permit``: a programme, a contract that allows harvesting."""

from datetime import UTC, datetime
from pathlib import Path

import click

from excise.casework.programme import Allowance
from excise.cli import deployed
from excise.report.progress import now_s
from excise.service.deployment import opened


@click.command(name="permit")
@click.argument("programme")
@click.argument("accounts", nargs=-1)
@click.option("--contract", required=True, help="Where it is written: a number, a link, a sentence.")
@click.option(
    "--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="It ends when this day begins."
)
@click.option("--exchanges", type=click.IntRange(0), help="What its accounts may send in all.")
@click.option("--tokens-out", type=click.IntRange(0), help="What its accounts may receive in all.")
@deployed
def command(
    *,
    programme: str,
    accounts: tuple[str, ...],
    contract: str,
    until: datetime,
    exchanges: int | None,
    tokens_out: int | None,
    data: Path,
    database: str | None,
    by: str,
) -> None:
    """Permit ACCOUNTS what a contract allows, as a PROGRAMME; it ends by itself, and when it is exceeded.

    It also covers the accounts to which the account directory gives its name.
    """
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        made = deployment.state.programmes.add(
            programme,
            contract=contract,
            accounts=accounts,
            starts_at_s=moment_s,
            until_s=until.replace(tzinfo=UTC).timestamp(),
            limits=Allowance(exchanges=exchanges, tokens_out=tokens_out),
            by=by,
            now_s=moment_s,
        )
    click.echo(f"{programme}: {len(made.accounts):,} accounts, until {until:%Y-%m-%d}")
