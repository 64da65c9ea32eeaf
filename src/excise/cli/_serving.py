"""The service, as the verbs that run it start it."""

import os
from pathlib import Path

import click

from excise.errors import NotInstalled
from excise.report.progress import now_s

_PASSPHRASE = "EXCISE_PASSPHRASE"  # noqa: S105 - the name of a variable


def serve(
    data: Path,
    *,
    database: str | None = None,
    listen: tuple[str, int] = ("127.0.0.1", 8400),
    unix_socket: Path | None = None,
    tls: tuple[Path | None, Path | None] = (None, None),
    settings_file: Path | None = None,
    secret_file: Path | None = None,
) -> None:
    """Run the service until a signal ends it.

    Raises:
        NotInstalled: what it stands on is not there.
    """
    try:
        import uvicorn  # noqa: F401, PLC0415 - of the extra

        from excise.console import app, mounting  # noqa: PLC0415
        from excise.enforcement.gateways import Endpoint  # noqa: PLC0415
        from excise.service.folder import Folder  # noqa: PLC0415
        from excise.service.logs import set_up  # noqa: PLC0415
        from excise.service.running import Service, Where  # noqa: PLC0415
    except ImportError as error:
        raise NotInstalled(
            f"serving stands on the package {error.name}; pip install 'excise[serve]' brings it"
        ) from None

    def console(service: Service) -> tuple[Endpoint, ...]:
        return app.endpoints(
            mounting.desk(
                service.state,
                service.folder.path,
                service.settings.console,
                policy=lambda: service.policy,
                clock=service.clock,
                tls=tls[0] is not None,
            )
        )

    set_up(now_s)
    folder = Folder(data, secret_file=secret_file)
    begun = folder.begin(now_s=now_s(), passphrase=os.environ.get(_PASSPHRASE))
    service = Service(
        folder,
        settings_file=settings_file,
        database=database,
        where=Where(
            host=listen[0],
            port=listen[1],
            unix_socket=unix_socket,
            tls_certificate=tls[0],
            tls_key=tls[1],
        ),
        clock=now_s,
        further=console,
    )
    token = service.first_token()
    if token is not None:
        address = _address(listen, unix_socket, tls=tls[0] is not None)
        click.echo(f"A token that may do everything, shown this once: {token}")
        click.echo(f"Try it:  curl -H 'Authorization: Bearer {token}' {address}")
    password = mounting.first_password(service.state, now_s=now_s())
    if password is not None:
        click.echo(f"The console's first person: {mounting.FIRST}, with the password {password}")
    if begun.passphrase is not None:
        click.echo(
            f"The passphrase that opens preserved words, shown this once: {begun.passphrase}\n"
            f"Keep it, and {folder.opener}, away from this machine: the service does without them."
        )
    service.run()


def _address(listen: tuple[str, int], unix_socket: Path | None, *, tls: bool) -> str:
    scheme = "https" if tls else "http"
    body = '-d \'{"account": "acct_1"}\''
    if unix_socket is not None:
        return f"--unix-socket {unix_socket} {body} {scheme}://localhost/v1/decide"
    host = f"[{listen[0]}]" if ":" in listen[0] else listen[0]
    return f"{body} {scheme}://{host}:{listen[1]}/v1/decide"
