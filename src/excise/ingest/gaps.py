"""What a log may lack, what that blinds, and the setting that fixes it: ``gaps.toml``, loaded and checked."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from excise.errors import ExciseError


class Fix(Struct, frozen=True):
    """A setting that closes a gap. ``format`` is a member of ``ingest/formats``, or ``any``."""

    format: str
    setting: str
    source: str


class Gap(Struct, frozen=True, kw_only=True):
    """One thing that a log may lack.

    ``expected`` is the share of records under which it is worth saying. ``what`` is what a sentence calls
    it, where it is a field. ``ties`` and ``detectors`` name the members that see less for it.
    """

    name: str
    expected: float
    blinds: str
    what: str = ""
    ties: tuple[str, ...] = ()
    detectors: tuple[str, ...] = ()
    fix: tuple[Fix, ...] = ()

    def fixes(self, format_names: frozenset[str]) -> tuple[Fix, ...]:
        """Return the settings that concern these formats, those for any format last."""
        own = tuple(fix for fix in self.fix if fix.format in format_names)
        return own + tuple(fix for fix in self.fix if fix.format == "any")


class _Table(Struct, frozen=True):
    gap: tuple[Gap, ...]


@cache
def gaps() -> dict[str, Gap]:
    """Return all gaps by name.

    >>> gaps()["tls"].ties
    ('client',)
    >>> [fix.format for fix in gaps()["account"].fixes(frozenset({"langfuse"}))]
    ['langfuse', 'any']
    """
    text = files("excise.ingest").joinpath("gaps.toml").read_text("utf-8")
    table = msgspec.convert(tomllib.loads(text), _Table, strict=False)
    found = {gap.name: gap for gap in table.gap}
    if len(found) != len(table.gap):
        raise ExciseError("gaps.toml names a gap twice; every name stands once")
    return found
