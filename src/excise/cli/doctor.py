"""``excise doctor``: what a log lets one see, what it blinds, and the setting that fixes it."""

import sys
from datetime import UTC, datetime

import click
import msgspec
from rich.console import Console
from rich.table import Table

from excise.cli import stdin
from excise.cli._gateway import examine_gateway
from excise.ingest.doctor import Examination, examine
from excise.report.legible import legible
from excise.report.progress import now_s
from excise.report.quantities import plural


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
) -> int:
    """Say which fields LOGS have, lack, sample, cut or withhold, what that blinds, and what fixes it.

    Nothing is kept: no store is made.

    With --gateway, send four tiny requests through it, each as a caller who would like not to be logged, and
    say which of them excise serve has seen. The keys are read from EXCISE_GATEWAY_KEY (of the gateway) and
    EXCISE_TOKEN (with the scope read). It leaves with 1 where callers can hide.
    """
    if gateway is not None:
        return 1 if examine_gateway(gateway, service=service, model=model, source=source) else 0
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
