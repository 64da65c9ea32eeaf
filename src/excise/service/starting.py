"""The service is prepared: the folder is begun, the first token made, and what is shown once is said."""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from excise.errors import NotInstalled
from excise.report.progress import now_s

if TYPE_CHECKING:
    from excise.service.running import Further, Service


class Asked(Struct, frozen=True, kw_only=True):
    """What to serve, and where; see ``excise serve --help``."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8400
    unix_socket: Path | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    database: str | None = None
    settings_file: Path | None = None
    secret_file: Path | None = None
    passphrase: str | None = None

    def __repr__(self) -> str:
        return f"Asked({str(self.data)!r})"


class Prepared(Struct, frozen=True):
    """The service, which ``run`` runs, and what a first run tells, once."""

    service: "Service"
    told: tuple[str, ...]

    def __repr__(self) -> str:
        return "Prepared()"


def prepare(asked: Asked, *, further: "Further | None" = None) -> Prepared:
    """Prepare a service.

    Args:
        asked: what to serve, and where.
        further: makes endpoints that another part brings, such as the console's.

    Raises:
        NotInstalled: what it stands on is not there.
        BadSetting: a folder, a setting or an address is not in order.
    """
    try:
        from excise.service.folder import Folder  # noqa: PLC0415 - of the extra
        from excise.service.logs import set_up  # noqa: PLC0415
        from excise.service.running import Service, Where  # noqa: PLC0415
    except ImportError as error:
        raise NotInstalled(
            f"serving stands on the package {error.name}; pip install 'excise[serve]' brings it"
        ) from None
    set_up(now_s)
    folder = Folder(asked.data, secret_file=asked.secret_file)
    begun = folder.begin(now_s=now_s(), passphrase=asked.passphrase)
    service = Service(
        folder,
        settings_file=asked.settings_file,
        database=asked.database,
        where=Where(
            host=asked.host,
            port=asked.port,
            unix_socket=asked.unix_socket,
            tls_certificate=asked.tls_certificate,
            tls_key=asked.tls_key,
        ),
        clock=now_s,
        further=further,
    )
    told: list[str] = []
    token = service.first_token()
    if token is not None:
        told += [
            f"A token that may do everything, shown this once: {token}",
            f"Try it:  curl -H 'Authorization: Bearer {token}' {curl_of(asked)}",
        ]
    if begun.passphrase is not None:
        told += [
            f"The passphrase that opens preserved words, shown this once: {begun.passphrase}",
            f"Keep it, and {folder.opener}, away from this machine: the service does without them.",
        ]
    return Prepared(service, tuple(told))


def curl_of(asked: Asked) -> str:
    """Return what curl is told, behind the token, to ask for a decision.

    >>> print(curl_of(Asked(data=Path("d"), host="::1")))
    -d '{"account": "acct_1"}' http://[::1]:8400/v1/decide
    """
    scheme = "https" if asked.tls_certificate is not None else "http"
    body = '-d \'{"account": "acct_1"}\''
    if asked.unix_socket is not None:
        return f"--unix-socket {asked.unix_socket} {body} {scheme}://localhost/v1/decide"
    host = f"[{asked.host}]" if ":" in asked.host else asked.host
    return f"{body} {scheme}://{host}:{asked.port}/v1/decide"
