"""``excise case preserve``: the original exchanges of a case, copied and sealed."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click

from excise.casework import exhibit
from excise.casework.exhibit import Original
from excise.casework.sealing import Opener, Seal
from excise.cli import deployed
from excise.errors import BadSetting
from excise.observation.secret import Keyring
from excise.report.progress import now_s
from excise.service.deployment import Deployment, opened
from excise.service.journal.forgotten import Forgotten
from excise.service.journal.spool import originals


@click.command(name="preserve")
@click.argument("case")
@click.argument("logs", nargs=-1)
@click.option("--reason", required=True, help="Why, for the ledger.")
@click.option("--format", "format_name", help="Format of the logs; told from their first records by default.")
@click.option(
    "--account-field",
    type=click.Choice(exhibit.ACCOUNT_FIELDS),
    help="Which field of the log is the account.",
)
@click.option("--spool", is_flag=True, help="Also from the spool; asks for the seal's passphrase.")
@click.option("--passphrase", envvar="EXCISE_PASSPHRASE", help="Of the seal; asked for by default.")
@deployed
def command(
    *,
    case: str,
    logs: tuple[str, ...],
    reason: str,
    format_name: str | None,
    account_field: str | None,
    spool: bool,
    passphrase: str | None,
    data: Path,
    database: str | None,
    by: str,
) -> None:
    """Copy what the accounts of a CASE sent, from the provider's LOGS and the spool, into one sealed file."""
    if not logs and not spool:
        raise click.UsageError("name logs to copy from, or --spool")
    moment_s = now_s()
    with opened(data, database, now_s=moment_s) as deployment:
        accounts = deployment.state.cases.get(case).accounts
        found: Iterator[Original] = iter(())
        if spool:
            words = passphrase or click.prompt("Passphrase of the seal", hide_input=True)
            found = _from_spool(deployment, accounts, words, at_s=moment_s)
        if logs:
            from_logs = exhibit.from_logs(
                logs, accounts, format_name=format_name, account_field=account_field
            )
            found = chain(found, from_logs)
        made = exhibit.preserve(
            deployment.state,
            case,
            found,
            deployment.exhibits,
            Seal.public(deployment.folder.seal),
            reason=reason,
            by=by,
            now_s=moment_s,
        )
    click.echo(f"{made.path}: {made.records:,} exchanges, SHA-256 {made.sha256}")


def _from_spool(
    deployment: Deployment, accounts: tuple[str, ...], passphrase: str, *, at_s: float
) -> Iterator[Original]:
    folder = deployment.folder
    if not folder.journal.exists():
        raise BadSetting(f"{folder.journal}: there is no spool; leave --spool away")
    opener = Opener.read(folder.opener, passphrase)
    key = Keyring.open(folder.secret, now_s=at_s).derive("forgotten")
    found = originals(folder.journal, Forgotten(folder.journal, key), accounts, opener=opener.open)
    return (
        Original(
            account=one.account or "",
            record_id=one.record.hex(),
            place=f"spool of {one.source}",
            line=0,
            raw=one.line,
        )
        for one in found
    )
