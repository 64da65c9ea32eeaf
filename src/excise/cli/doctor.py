"""``excise doctor``: what a log lets one see, what it blinds, and the setting that fixes it."""

import sys
from datetime import UTC, datetime

import click
import msgspec
from rich.console import Console
from rich.table import Table

from excise.cli._options import stdin
from excise.ingest.doctor import Examination, examine
from excise.report.legible import legible
from excise.report.progress import now_s


@click.command(name="doctor")
@click.argument("logs", nargs=-1, required=True)
@click.option("--format", "format_name", help="Format of all logs; told from their first records by default.")
@click.option(
    "--account-field",
    type=click.Choice(["api_key", "user", "team", "organization", "end_user", "address"]),
    help="Which field of the log is the account; each format has a default.",
)
@click.option("--json", "as_json", is_flag=True, help="Print all that was found as JSON.")
def command(
    *, logs: tuple[str, ...], format_name: str | None, account_field: str | None, as_json: bool
) -> int:
    """Say which fields LOGS have, lack, sample, cut or withhold, what that blinds, and what fixes it.

    Nothing is kept: no store is made.
    """
    found = examine(logs, format_name, account_field=account_field, latest_s=now_s(), stdin=stdin())
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    else:
        _show(found, Console(highlight=False))
    return 0


def _show(found: Examination, console: Console) -> None:
    """Print what was read, a line a field, and the findings."""
    span = f", {_day(found.from_s)} to {_day(found.to_s)}" if found.from_s is not None else ""
    formats = ", ".join(found.formats) or "no format"
    console.print(
        legible(
            f"{found.exchanges:,} exchanges in {found.lines:,} lines of {len(found.files):,} files "
            f"({formats}){span}; "
            f"{found.rejected:,} lines could not be read"
        ),
        markup=False,
    )
    fields = ", ".join(f"{name}: {count:,}" for name, count in found.accounts_by_field.items() if count)
    console.print(
        legible(f"The account is {found.account_field or 'unknown'}: {found.accounts:,} accounts ({fields})"),
        markup=False,
    )
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name, justify in (("field", "left"), ("present", "right"), ("", "left")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for one in found.presence:
        table.add_row(one.field.replace("_", " "), f"{one.share:.1%}", "█" * round(20 * one.share))
    console.print(table)
    for finding in found.findings:
        console.print()
        console.print(legible(finding.says), style="bold", markup=False)
        console.print(legible(f"  blinds: {finding.blinds}", 1000), markup=False)
        for fix in finding.fixes:
            console.print(legible(f"  to fix it: {fix.setting}", 1000), markup=False)
    for reason in found.reasons[:5]:
        console.print(
            legible(
                f"set aside, {reason.lines:,} lines: {reason.reason} "
                f"(first: {reason.first.file}:{reason.first.line})"
            ),
            markup=False,
        )


def _day(at_s: float | None) -> str:
    return "?" if at_s is None else datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M")
