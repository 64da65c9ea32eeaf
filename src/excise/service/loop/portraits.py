"""Portraits of campaigns, kept for the console: its figures are drawn from them without asking the store."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from excise.report.findings import Portrait
from excise.store import durable

FOLDER = "portraits"
"""Where they lie among what the loop keeps."""


def write(folder: Path, portrait: Portrait) -> None:
    """Keep a portrait in place of the one before, in one step.

    >>> import tempfile
    >>> read(Path(tempfile.mkdtemp()), "campaign-1b4ae2ae") is None
    True
    """
    durable.replace(_file(folder, portrait.campaign.name), msgspec.msgpack.encode(portrait))


def read(folder: Path, campaign: str) -> Portrait | None:
    """Return the portrait of a campaign, by its name; None where there is none, or one of another version."""
    try:
        return msgspec.msgpack.decode(_file(folder, campaign).read_bytes(), type=Portrait)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def changed_ns(folder: Path, campaign: str) -> int | None:
    """Return when a campaign's portrait was last written, in nanoseconds; None where there is none."""
    try:
        return _file(folder, campaign).stat().st_mtime_ns
    except FileNotFoundError:
        return None


def forget(folder: Path, accounts: Iterable[str]) -> int:
    """Remove the portraits that show one of these accounts, and return how many these were."""
    names, removed = frozenset(accounts), 0
    for path in sorted(folder.glob("*.msgpack")):
        try:
            shown = msgspec.msgpack.decode(path.read_bytes(), type=Portrait)
        except msgspec.MsgspecError:
            shown = None  # of another version: nobody can read it, and it may show anybody
        linked = () if shown is None else (end for a in shown.campaign.links for end in (a.one, a.other))
        if shown is None or not names.isdisjoint({*shown.campaign.accounts, *linked}):
            path.unlink()
            removed += 1
    return removed


def keep_only(folder: Path, campaigns: Iterable[str]) -> None:
    """Remove the portraits of all campaigns but these."""
    kept = {_file(folder, campaign) for campaign in campaigns}
    for path in folder.glob("*.msgpack"):
        if path not in kept:
            path.unlink()


def _file(folder: Path, campaign: str) -> Path:
    # A name comes from a request: it never is a path.
    return folder / f"{hashlib.blake2b(campaign.encode(), digest_size=16).hexdigest()}.msgpack"
