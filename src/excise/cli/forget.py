"""``excise forget``: remove observations, for good."""

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from excise.errors import BadSetting
from excise.ingest.identities import identity
from excise.observation.secret import Keyring
from excise.service.journal.forgotten import Forgotten
from excise.store.manifest import Manifest
from excise.store.store import Store


@click.command(name="forget")
@click.option(
    "--store",
    "store_path",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The store.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The data folder of excise serve, in place of a store: also its journal and spool.",
)
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"]),
    help="Remove what started before this moment (UTC).",
)
@click.option(
    "--account", "accounts", multiple=True, help="Remove an account's observations. May be repeated."
)
@click.option("--secret-file", type=click.Path(path_type=Path), help="The deployment secret.")
def command(
    *,
    store_path: Path | None,
    data: Path | None,
    before: datetime | None,
    accounts: tuple[str, ...],
    secret_file: Path | None,
) -> None:
    """Remove observations from a store, for good.

    A later scan of the old log does not bring them back: what started before the moment, or was sent by the
    account until now, stays out.
    """
    if before is None and not accounts:
        raise click.UsageError("say what to forget: --before MOMENT or --account ACCOUNT")
    if (store_path is None) == (data is None):
        raise click.UsageError("name a store with --store, or the data folder of excise serve with --data")
    now_s = time.time()  # noqa: TID251 - the command line is where the clock comes from
    # An account may be named as the provider knows it, or as it is kept (a key as its pseudonym).
    names = {name for account in accounts for name in (account, identity(account)) if name}
    if data is not None:
        if before is not None:
            raise click.UsageError("of a data folder accounts are forgotten; --before is for a store")
        secret = secret_file or data / "secret.toml"
        if not secret.exists():
            raise BadSetting(f"{data}: this is no data folder of excise serve; name another with --data")
        keyring = Keyring.open(secret, now_s=now_s)
        Forgotten(data / "journal", keyring.derive("forgotten")).add(names, now_s=now_s)
        click.echo("written down: excise serve removes it within seconds, or when it is started next")
        return
    assert store_path is not None
    Manifest.demand(store_path)
    before_s = None if before is None else before.replace(tzinfo=UTC).timestamp()
    if before_s is not None and before_s > now_s:
        raise click.BadParameter(
            f"{before:%Y-%m-%d %H:%M:%S} UTC is still to come, and what was forgotten cannot be brought back",
            param_hint="--before",
        )
    with Store.open(store_path, Keyring.open(secret_file, now_s=now_s)) as store:
        gone = store.forget(now_s=now_s, before_s=before_s, accounts=names)
    click.echo(
        f"forgotten: {gone.too_old + gone.of_accounts:,} observations "
        f"({gone.too_old:,} too old, {gone.of_accounts:,} of the accounts), "
        f"{gone.directory:,} directory rows, {gone.notes:,} notes"
    )
