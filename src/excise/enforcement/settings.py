"""Settings of what runs inside a gateway: from the environment, and from a TOML file that it names.

    EXCISE_GATEWAY_CONFIG   a TOML file with the table [gateway]
    EXCISE_URL              where the service is
    EXCISE_TOKEN            a token with the scopes decide and capture
    EXCISE_FAIL             open or closed
    EXCISE_SNAPSHOT         a file for the last table
    EXCISE_SPOOL            a folder for what could not be sent

What the environment says outranks the file. The token is read from the environment alone.
"""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from excise.enforcement.desk import DeskSettings
from excise.errors import BadSetting

CONFIG = "EXCISE_GATEWAY_CONFIG"
TOKEN = "EXCISE_TOKEN"  # noqa: S105 - the name of a variable
_VARIABLES = {
    "EXCISE_URL": ("url",),
    "EXCISE_SNAPSHOT": ("snapshot",),
    "EXCISE_FAIL": ("desk", "fail"),
    "EXCISE_SPOOL": ("capture", "spool"),
}


class CaptureSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is captured, and how much of it may wait.

    Attributes:
        enabled: whether exchanges are sent to the service at all.
        paths: how the paths end whose exchanges are.
        most_bytes: of one exchange; a longer one is counted and not captured.
        queue_exchanges, queue_bytes: how much may wait in memory; what is beyond is dropped and counted.
        spool: a folder for what waits while the service is down, encrypted; "": it stays in memory.
        spool_bytes: how much may wait there.
    """

    enabled: bool = True
    paths: tuple[str, ...] = ("/chat/completions", "/completions", "/responses", "/messages")
    most_bytes: int = 8 << 20
    queue_exchanges: int = 10_000
    queue_bytes: int = 64 << 20
    spool: str = ""
    spool_bytes: int = 1 << 30


class GatewaySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client needs to know.

    Attributes:
        url: where the service is; "" runs without one, on the snapshot alone.
        token: of the service; never in a file.
        snapshot: a file for the last table, for a start while the service is down; "" keeps none.
        wait_s: how long one request for changes waits for something to change.
        timeout_s: how long the service may take to answer otherwise.
        exempt: paths that are never asked about, such as health checks.
        desk: how requests are answered.
        capture: what is captured.
    """

    url: str = "http://127.0.0.1:8400"
    token: str = ""
    snapshot: str = ""
    wait_s: float = 20.0
    timeout_s: float = 5.0
    exempt: tuple[str, ...] = ("/health", "/healthz", "/readyz", "/livez", "/ping", "/metrics")
    desk: DeskSettings = DeskSettings()
    capture: CaptureSettings = CaptureSettings()


class _File(Struct, frozen=True, kw_only=True):
    gateway: dict[str, object] = {}


def read_settings(environment: Mapping[str, str]) -> GatewaySettings:
    """Return the settings that an environment says.

    Raises:
        BadSetting: the file cannot be read, or a setting is not there or has a wrong value.

    >>> read_settings({"EXCISE_FAIL": "closed"}).desk.fail
    'closed'
    """
    path = environment.get(CONFIG, "")
    said = dict(_file(Path(path)).gateway) if path else {}
    for variable, (*tables, name) in _VARIABLES.items():
        if variable in environment:
            table = said
            for one in tables:
                inner = table.setdefault(one, {})
                table = inner if isinstance(inner, dict) else {}
            table[name] = environment[variable]
    said["token"] = environment.get(TOKEN, "")
    try:
        settings = msgspec.convert(said, GatewaySettings)
    except msgspec.ValidationError as error:
        raise BadSetting(f"{path or 'the environment'}: {error}.{_meant(str(error))}") from None
    settings.desk.wording.checked()
    return settings


def _file(path: Path) -> _File:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File)
    except OSError as error:
        raise BadSetting(f"{path}: cannot be read ({error.strerror}); {CONFIG} names it") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise BadSetting(f"{path}: {error}") from None


def _meant(error: str) -> str:
    known = dict(_names(GatewaySettings, "gateway"))
    for quoted in re.findall(r"`(\w+)`", error):
        near = difflib.get_close_matches(quoted, known, n=1)
        if near:
            return f" Did you mean [{known[near[0]]}] {near[0]}?"
    return ""


def _names(kind: type, table: str) -> Iterator[tuple[str, str]]:
    for field in msgspec.structs.fields(kind):
        if isinstance(field.type, type) and issubclass(field.type, Struct):
            yield from _names(field.type, f"{table}.{field.name}")
        else:
            yield field.name, table
