"""``excise doctor``: what a log lets one see, what it blinds, and the setting that fixes it."""

import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from excise.cli import stdin
from excise.errors import BadSetting, NotInstalled
from excise.ingest.doctor import Examination, examine
from excise.report.legible import legible
from excise.report.progress import now_s
from excise.report.quantities import plural

_GATEWAY_KEY = "EXCISE_GATEWAY_KEY"
_TOKEN = "EXCISE_TOKEN"  # noqa: S105 - the name of a variable


@click.command(name="doctor")
@click.argument("logs", nargs=-1)
@click.option("--format", "format_name", help="Format of all logs; told from their first records by default.")
@click.option(
    "--account-field",
    type=click.Choice(["api_key", "user", "team", "organization", "end_user", "address"]),
    help="Which field of the log is the account; each format has a default.",
)
@click.option("--json", "as_json", is_flag=True, help="Print all that was found as JSON.")
@click.option("--gateway", help="Ask a running gateway at this address what its callers can hide.")
@click.option(
    "--service",
    default="http://127.0.0.1:8400",
    show_default=True,
    help="Where excise serve is, for --gateway.",
)
@click.option("--model", default="gpt-4o-mini", show_default=True, help="What to ask, for --gateway.")
@click.option("--source", default="litellm", show_default=True, help="As capture names it, for --gateway.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Data folder of excise serve: what --gateway finds is kept there for the console's page.",
)
def command(
    *,
    logs: tuple[str, ...],
    format_name: str | None,
    account_field: str | None,
    as_json: bool,
    gateway: str | None,
    service: str,
    model: str,
    source: str,
    data: Path | None,
) -> int:
    """Say which fields LOGS have, lack, sample, cut or withhold, what that blinds, and what fixes it.

    Nothing is kept: no store is made.

    With --gateway, send four tiny requests through it, each as a caller who would like not to be logged, and
    say which of them excise serve has seen. The keys are read from EXCISE_GATEWAY_KEY (of the gateway) and
    EXCISE_TOKEN (with the scope read). It leaves with 1 where callers can hide.
    """
    if gateway is not None:
        hiding = examine_gateway(gateway, service=service, model=model, source=source, data=data)
        return 1 if hiding else 0
    if not logs:
        raise click.UsageError("name LOGS, or a running gateway with --gateway")
    found = examine(logs, format_name, account_field=account_field, latest_s=now_s(), stdin=stdin())
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    else:
        _show(found, Console(highlight=False))
    return 0


def _show(found: Examination, console: Console) -> None:
    """Print what was read, a line a field, and the findings."""
    span = f", {_day(found.from_s)} to {_day(found.to_s)}" if found.from_s is not None else ""
    other = f", {plural(found.skipped, 'line')} held no model call" if found.skipped else ""
    _say(
        console,
        f"{plural(found.exchanges, 'exchange')} in {plural(found.lines, 'line')} of "
        f"{plural(len(found.files), 'file')} ({', '.join(found.formats) or 'no format'}){span}; "
        f"{plural(found.rejected, 'line')} could not be read{other}",
    )
    if found.exchanges:
        _show_fields(found, console)
    else:
        _say(
            console, "There is no call of a model in it, so nothing more can be said. Is this the right log?"
        )
    for finding in found.findings:
        console.print()
        _say(console, finding.says, style="bold")
        _say(console, f"  blinds: {finding.blinds}")
        for fix in finding.fixes:
            _say(console, f"  to fix it: {fix.setting}")
    for reason in found.reasons[:5]:
        where = f"{reason.first.file}:{reason.first.line}"
        _say(console, f"set aside, {plural(reason.lines, 'line')}: {reason.reason} (first: {where})")


def _show_fields(found: Examination, console: Console) -> None:
    """Print who the accounts are, and in how many exchanges each field is there."""
    fields = ", ".join(f"{name}: {count:,}" for name, count in found.accounts_by_field.items() if count)
    _say(
        console,
        f"The account is {found.account_field or 'unknown'}: {plural(found.accounts, 'account')} "
        f"({fields or 'no other field has any'})",
    )
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name, justify in (("field", "left"), ("present", "right"), ("", "left")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for one in found.presence:
        table.add_row(one.field.replace("_", " "), f"{one.share:.1%}", "█" * round(20 * one.share))
    console.print(table)


def _say(console: Console, text: str, *, style: str | None = None) -> None:
    """Print a line; where no terminal is, whole, for whatever reads it next."""
    console.print(legible(text, 1000), style=style, markup=False, soft_wrap=not console.is_terminal)


def _day(at_s: float | None) -> str:
    return "?" if at_s is None else datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M")


def examine_gateway(gateway: str, *, service: str, model: str, source: str, data: Path | None = None) -> int:
    """Ask a running gateway, print what it lets callers hide, and return how many ways there are.

    What was found is kept in the data folder, where one is named.

    Raises:
        BadSetting: the keys are not in the environment.
        NotInstalled: what this stands on is not there.
    """
    try:
        from excise.service import doctor, examined  # noqa: PLC0415 - of the extra
    except ImportError as error:
        raise NotInstalled(
            f"asking a gateway stands on the package {error.name}; pip install 'excise[serve]' brings it"
        ) from None
    for name, what in ((_GATEWAY_KEY, "a key of the gateway"), (_TOKEN, "a token with the scope read")):
        if not os.environ.get(name):
            raise BadSetting(f"{name} is not set: it holds {what}, and never stands on a command line")
    found = doctor.examine(
        doctor.Places(
            gateway=gateway.rstrip("/"),
            gateway_key=os.environ[_GATEWAY_KEY],
            model=model,
            service=service.rstrip("/"),
            token=os.environ[_TOKEN],
            source=source,
        ),
        nonce=secrets.token_hex(6),
    )
    if data is not None:
        examined.keep(data, examined.Kept(gateway=gateway, at_s=now_s(), examined=found))
    hiding = [one for one in found.found if one.hides]
    for one in found.found:
        if one.hides:
            how = "not captured" if not one.captured else "captured without its words"
            click.echo(f"{one.probe.name}: {how}: {one.probe.says}\n  to fix it: {one.probe.fix}")
        elif one.answered != 200:
            click.echo(f"{one.probe.name}: refused by the gateway ({one.answered})")
        else:
            click.echo(f"{one.probe.name}: captured")
    if found.counted is None:
        click.echo("The gateway shows no counter of requests that is known here, so none was compared.")
    else:
        counted = found.counted
        click.echo(
            f"{counted.counter} rose by {counted.requests:,.0f} while {counted.records:,.0f} records arrived"
        )
    return len(hiding)
