"""The console beside the service: over the same state, with the first admin's password made once."""

import secrets
from collections.abc import Callable
from pathlib import Path

from excise.casework.policy import Policy
from excise.casework.state import State
from excise.casework.state.people import Role
from excise.console.company import Company
from excise.console.visit import Desk
from excise.errors import BadSetting
from excise.service.settings import ConsoleSettings

FIRST = "admin"
"""The name of the first person who may sign in."""


def first_password(state: State, *, now_s: float) -> str | None:
    """Add an admin where nobody may sign in yet; return the password, which is shown once and not kept."""
    if state.people.list():
        return None
    password = "-".join(secrets.token_hex(2) for _ in range(5))
    state.people.add(FIRST, Role.ADMIN, password=password, by="serve", now_s=now_s)
    return password


def desk(
    state: State,
    data: Path,
    settings: ConsoleSettings,
    *,
    policy: Callable[[], Policy],
    clock: Callable[[], float],
    tls: bool,
    secret: Path | None = None,
    appeals: str = "",
) -> Desk:
    """Return what the console of a deployment stands on.

    Args:
        state: the deployment's.
        data: its data folder.
        settings: of the console.
        policy: gives the policy that holds now.
        clock: epoch seconds.
        tls: the service itself speaks TLS.
        secret: the file of the deployment secret; in the data folder where None.
        appeals: where a blocked customer is told to turn to.

    Raises:
        BadSetting: the file with the client's secret cannot be read.
    """
    return Desk(
        state=state,
        policy=policy,
        clock=clock,
        data=data,
        secret=secret,
        company=_company(settings),
        secure=tls or settings.secure,
        appeals=appeals,
    )


def _company(settings: ConsoleSettings) -> Company | None:
    its = settings.company
    if its is None:
        return None
    try:
        secret = Path(its.client_secret_file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise BadSetting(
            f"console.company.client_secret_file: {its.client_secret_file} cannot be read; name a text file"
        ) from None
    return Company(issuer=its.issuer, client_id=its.client_id, client_secret=secret, redirect=its.redirect)
