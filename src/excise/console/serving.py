"""The service with the console in it: what ``excise serve`` runs."""

import secrets
from typing import TYPE_CHECKING

from excise.errors import NotInstalled
from excise.report.progress import now_s
from excise.service import starting
from excise.service.starting import Asked, Prepared

if TYPE_CHECKING:
    from excise.enforcement.gateways import Endpoint
    from excise.service.running import Service

SECOND = "second"
"""The name of the demo's second person."""


def prepare(asked: Asked) -> Prepared:
    """Prepare a service that shows the console at ``/``; a first run tells its first person's password.

    Raises:
        NotInstalled: what it stands on is not there.
        BadSetting: a folder, a setting or an address is not in order.
    """
    try:
        from excise.console import app, mounting  # noqa: PLC0415 - of the extra
    except ImportError as error:
        raise NotInstalled(
            f"the console stands on the package {error.name}; pip install 'excise[serve]' brings it"
        ) from None

    def further(service: "Service") -> "tuple[Endpoint, ...]":
        return app.endpoints(
            mounting.desk(
                service.state,
                service.folder.path,
                service.settings.console,
                policy=lambda: service.policy,
                clock=service.clock,
                tls=asked.tls_certificate is not None,
                secret=service.folder.secret,
                appeals=service.settings.enforcement.desk.wording.appeal_url,
            )
        )

    prepared = starting.prepare(asked, further=further)
    password = mounting.first_password(prepared.service.state, now_s=now_s())
    if password is None:
        return prepared
    line = f"The console at / knows one person so far, {mounting.FIRST}, with the password {password}"
    return Prepared(prepared.service, (*prepared.told, line))


def second_person(prepared: Prepared) -> Prepared:
    """Let a second person sign in where only the first may: to agree to what touches many takes two.

    For a demo: who serves real customers says who they are.
    """
    from excise.casework.state.people import Role  # noqa: PLC0415 - of the extra

    people = prepared.service.state.people
    if len(people.list()) != 1:
        return prepared
    password = "-".join(secrets.token_hex(2) for _ in range(5))
    people.add(SECOND, Role.APPROVER, password=password, by="demo", now_s=now_s())
    line = (
        f"A second person, who may agree to what the first proposes: {SECOND}, with the password {password}"
    )
    return Prepared(prepared.service, (*prepared.told, line))
