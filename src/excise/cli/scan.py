"""``excise scan``: the main job. Logs in, campaigns out."""

import difflib
import math
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
from msgspec import Struct
from rich.console import Console

from excise.cli import SEED, Finite, stdin
from excise.detection.judge import Settings as DetectionSettings
from excise.errors import BadSetting
from excise.ingest.reading import MAX_REJECT_SHARE
from excise.observation.secret import Keyring
from excise.report import quantities
from excise.report.files import campaign_lines
from excise.report.progress import Bar, now_s
from excise.report.terminal import tell
from excise.scan import Logs, Settings, deliver, scan
from excise.store.store import Store

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(name="scan")
@click.argument("logs", nargs=-1, required=True)
@click.option(
    "--accounts",
    multiple=True,
    type=_FILE,
    help="Account directory: CSV, JSON lines or Parquet with account, "
    "created_at, email_domain, payment_fingerprint, plan, organization, verification, programme.",
)
@click.option("--networks", multiple=True, type=_FILE, help="CSV of prefix, asn, network, kind.")
@click.option("--releases", multiple=True, type=_FILE, help="When models came out: model, released_at.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="excise-scan",
    show_default=True,
    help="Results go here.",
)
@click.option(
    "--store",
    "store_path",
    type=click.Path(path_type=Path),
    help="Where observations are kept between scans.  [default: inside --out]",
)
@click.option("--format", "format_name", help="Format of all logs; told from their first records by default.")
@click.option(
    "--account-field",
    type=click.Choice(["api_key", "user", "team", "organization", "end_user", "address"]),
    help="Which field of the log is the account; each format has a default.",
)
@click.option(
    "--source", help="Name for where the records come from; records with the same id and source are one."
)
@click.option(
    "--secret-file", type=click.Path(path_type=Path), help="The deployment secret; made on first use."
)
@click.option(
    "--settings", "settings_file", type=_FILE, help="TOML file, such as [detection] named_at_bits = 12."
)
@click.option(
    "--seed",
    default=0,
    type=SEED,
    show_default=True,
    help="Of the clustering; the same seed gives the same result.",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=lambda: min(os.cpu_count() or 1, 8),
    show_default="cores, at most 8",
    help="Processes that read.",
)
@click.option(
    "--replay",
    "replay_steps",
    type=click.IntRange(0, 1000),
    default=0,
    metavar="STEPS",
    help="Also judge the log as it was at STEPS moments, for decided_at.",
)
@click.option(
    "--max-reject-share",
    type=Finite(0, 1),
    default=MAX_REJECT_SHARE,
    show_default=True,
    help="Stop when more lines than this share cannot be read.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the campaigns as JSON lines.")
@click.option("--fail-on-campaigns", is_flag=True, help="Leave with code 1 when there are campaigns.")
def command(
    *,
    logs: tuple[str, ...],
    accounts: tuple[Path, ...],
    networks: tuple[Path, ...],
    releases: tuple[Path, ...],
    out: Path,
    store_path: Path | None,
    format_name: str | None,
    account_field: str | None,
    source: str | None,
    secret_file: Path | None,
    settings_file: Path | None,
    seed: int,
    workers: int,
    replay_steps: int,
    max_reject_share: float,
    as_json: bool,
    fail_on_campaigns: bool,
) -> int:
    """Read LOGS, name the campaigns in them, and write tables and a report.

    LOGS are files (plain, gzip or zstd; also while they are written), folders, patterns, or - for standard
    input. What was read stays in the store, so that tomorrow's log is judged together with today's; reading a
    log again changes nothing.

    Exit codes: 0 done; 1 there are campaigns (with --fail-on-campaigns); 2 error.
    """
    moment_s = now_s()
    keyring = Keyring.open(secret_file, now_s=moment_s)
    with Store.open(store_path or out / "store", keyring) as store, Bar() as bar:
        outcome = scan(
            store,
            keyring,
            Logs(
                paths=logs,
                format_name=format_name,
                account_field=account_field,
                source=source,
                max_reject_share=max_reject_share,
                accounts=accounts,
                networks=networks,
                releases=releases,
            ),
            now_s=moment_s,
            seed=seed,
            workers=workers,
            replay_steps=replay_steps,
            settings=read_settings(settings_file),
            title=out.resolve().name or "Scan",
            watcher=bar,
            stdin=stdin(),
        )
        bar.judging("writing")
        paths = deliver(store, outcome, out, bar.rejects)
    if as_json:
        sys.stdout.buffer.writelines(line + b"\n" for line in campaign_lines(outcome.findings.ranked()))
    else:
        tell(outcome.findings, Console(highlight=False))
        taken = outcome.taken
        other = f" {quantities.plural(taken.skipped, 'line')} held no model call." if taken.skipped else ""
        if other and not taken.read:
            other += " Is this the right --format?"
        click.echo(f"{taken.new:,} of {taken.read:,} exchanges read were new.{other} Report: {paths[-1]}")
    return 1 if fail_on_campaigns and outcome.findings.campaigns else 0


def read_settings(path: Path | None) -> Settings:
    """Read a settings file.

    Raises:
        BadSetting: it is not TOML, names a setting that there is not, or gives one a wrong value.
    """
    if path is None:
        return Settings()
    try:
        settings = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Settings)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise BadSetting(f"{path}: {error}. {_meant(str(error))}") from None
    for name, value in _numbers(settings):
        if not math.isfinite(value):
            raise BadSetting(
                f"{path}: {name} is {value}, which is no finite number; leave it out or give one"
            )
    return settings


def _numbers(settings: Struct, prefix: str = "") -> Iterator[tuple[str, float]]:
    """Yield the numbers of settings with their names. TOML knows NaN, and nothing is above it or below."""
    for name, value in msgspec.structs.asdict(settings).items():
        if isinstance(value, Struct):
            yield from _numbers(value, f"{prefix}{name}.")
        elif isinstance(value, int | float):
            yield prefix + name, value


def _meant(error: str) -> str:
    """Return the setting that was probably meant, or all of them where none is near."""
    known = DetectionSettings.__struct_fields__
    near = [
        setting
        for quoted in re.findall(r"`([^`]+)`", error)
        for setting in difflib.get_close_matches(quoted, known, n=1)
    ]
    if near:
        return f"Did you mean [detection] {near[0]}?"
    return "The settings are: " + ", ".join(f"[detection] {name}" for name in known)
