"""The settings of the service: a TOML file, read at the start and on SIGHUP.

What may change while the service runs is said at each table; the rest needs a new start.
"""

import difflib
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from excise.enforcement.desk import DeskSettings
from excise.errors import BadSetting
from excise.service.journal.writer import JournalSettings

AccountField = Literal["api_key", "user", "team", "organization", "end_user", "address"]
"""What of a log can be the account."""


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one sender may take. They change on SIGHUP.

    Attributes:
        body_bytes: the longest body of a request.
        unpacked_bytes: the most that one holds when it is unpacked; takes a new start.
        head_bytes: the longest head of a request.
        head_s, body_s: how long its head and its body may take to arrive.
        stalled_s: how long a client may take no reply before it is cut off.
        idle_s: how long a connection may stand idle; takes a new start.
        connections: how many there may be; takes a new start.
        requests_per_s: how many a token may send in a second, on average.
    """

    body_bytes: int = 16 * 2**20
    unpacked_bytes: int = 64 * 2**20
    head_bytes: int = 64 * 2**10
    head_s: float = 10.0
    body_s: float = 60.0
    stalled_s: float = 30.0
    idle_s: float = 75.0
    connections: int = 2_000
    requests_per_s: float = 10_000.0


class CaptureSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How exchanges are taken in; takes a new start.

    Attributes:
        account_fields: of which source which field is the account; the format's own where none is said.
        waiting_bytes: how much may wait to be observed before senders are refused.
    """

    account_fields: dict[str, AccountField] = {}
    waiting_bytes: int = 64 * 2**20


class Tail(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A log to follow.

    Attributes:
        path: the file, or a pattern of files; those that come later are followed too.
        format: a member of ``excise.ingest.formats``; told from the first records where None.
        source: what record ids are unique within; the format's name where None.
    """

    path: str
    format: str | None = None
    source: str | None = None


class Known(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the provider knows besides: files as ``excise scan`` takes them, read again when they change."""

    accounts: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()


class LoopSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often the loop turns, and when it is held to have stopped."""

    every_s: float = 2.0
    stopped_after_s: float = 120.0


class EnforcementSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How requests are answered, and what each gateway is told, by its name."""

    desk: DeskSettings = DeskSettings()
    gateways: dict[str, dict[str, object]] = {}


class CompanySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The OpenID provider through which people sign in to the console; takes a new start.

    Attributes:
        issuer: its address.
        client_id: ours.
        client_secret_file: a file that holds our secret, and nothing else.
        redirect: where it sends people back to: the console's ``/sign-in/company/back``.
    """

    issuer: str
    client_id: str
    client_secret_file: str
    redirect: str


class ConsoleSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The console; takes a new start. ``secure`` says that people reach it over TLS, ours or a proxy's."""

    secure: bool = False
    company: CompanySettings | None = None


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings of the service. ``judging`` are those of ``excise.service.loop``."""

    limits: Limits = Limits()
    capture: CaptureSettings = CaptureSettings()
    journal: JournalSettings = JournalSettings()
    loop: LoopSettings = LoopSettings()
    known: Known = Known()
    tail: tuple[Tail, ...] = ()
    enforcement: EnforcementSettings = EnforcementSettings()
    judging: dict[str, object] = {}
    console: ConsoleSettings = ConsoleSettings()


def read(path: Path | None) -> Settings:
    """Read a settings file; all defaults where None.

    Raises:
        BadSetting: it is no TOML, names a setting that there is not, or gives one a wrong value.
    """
    if path is None:
        return Settings()
    try:
        found = tomllib.loads(path.read_text("utf-8"))
        settings = msgspec.convert(found, Settings)
    except OSError as error:
        raise BadSetting(f"{path}: {error.strerror}; name another with --settings") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise BadSetting(f"{path}: {error}.{_meant(str(error))}") from None
    for wrong in _wrong(settings):
        raise BadSetting(f"{path}: {wrong}")
    return settings


def _wrong(settings: Settings) -> Iterator[str]:
    """Yield what is wrong with values that have the right type."""
    may_be_nothing = {"spool_days", "free_bytes"}
    for table in ("limits", "capture", "journal", "loop"):
        numbers: Mapping[str, object] = msgspec.structs.asdict(getattr(settings, table))
        for name, value in numbers.items():
            if not isinstance(value, int | float):
                continue
            if not math.isfinite(value) or value < 0 or (value == 0 and name not in may_be_nothing):
                yield f"{table}.{name} is {value}; give a number above 0"
    settings.enforcement.desk.wording.checked()
    if settings.judging:
        # Only who has such settings waits for what they are settings of.
        from excise.service.loop.whole import Settings as JudgingSettings  # noqa: PLC0415

        try:
            msgspec.convert(settings.judging, JudgingSettings)
        except msgspec.ValidationError as error:
            yield f"judging: {error}"


def _meant(error: str) -> str:
    """Return the setting that was probably meant."""
    known = {name: place for place, name in _names(Settings, "")}
    for quoted in re.findall(r"`(\w+)`", error):
        near = difflib.get_close_matches(quoted, known, n=1)
        if near:
            return f" Did you mean {known[near[0]]}{near[0]}?"
    return ""


def _names(kind: type[Struct], place: str) -> Iterator[tuple[str, str]]:
    for field in msgspec.structs.fields(kind):
        yield place, field.name
        if isinstance(field.type, type) and issubclass(field.type, Struct):
            yield from _names(field.type, f"{place}{field.name}.")
