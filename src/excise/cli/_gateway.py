"""``excise doctor --gateway``: what a running gateway lets its callers hide, shown."""

import os
import secrets

import click

from excise.errors import BadSetting, NotInstalled

_GATEWAY_KEY = "EXCISE_GATEWAY_KEY"
_TOKEN = "EXCISE_TOKEN"  # noqa: S105 - the name of a variable


def examine_gateway(gateway: str, *, service: str, model: str, source: str) -> int:
    """Ask a running gateway, print what it lets callers hide, and return how many ways there are.

    Raises:
        BadSetting: the keys are not in the environment.
        NotInstalled: what this stands on is not there.
    """
    try:
        from excise.service.doctor import Places, examine  # noqa: PLC0415 - of the extra
    except ImportError as error:
        raise NotInstalled(
            f"asking a gateway stands on the package {error.name}; pip install 'excise[serve]' brings it"
        ) from None
    for name, what in ((_GATEWAY_KEY, "a key of the gateway"), (_TOKEN, "a token with the scope read")):
        if not os.environ.get(name):
            raise BadSetting(f"{name} is not set: it holds {what}, and never stands on a command line")
    found = examine(
        Places(
            gateway=gateway.rstrip("/"),
            gateway_key=os.environ[_GATEWAY_KEY],
            model=model,
            service=service.rstrip("/"),
            token=os.environ[_TOKEN],
            source=source,
        ),
        nonce=secrets.token_hex(6),
    )
    hiding = [one for one in found.found if one.hides]
    for one in found.found:
        if one.hides:
            how = "not captured" if not one.captured else "captured without its words"
            click.echo(f"{one.probe.name}: {how}: {one.probe.says}\n  to fix it: {one.probe.fix}")
        elif one.answered != 200:
            click.echo(f"{one.probe.name}: refused by the gateway ({one.answered})")
        else:
            click.echo(f"{one.probe.name}: captured")
    if found.counted is None:
        click.echo("The gateway shows no counter of requests that is known here, so none was compared.")
    else:
        counted = found.counted
        click.echo(
            f"{counted.counter} rose by {counted.requests:,.0f} while {counted.records:,.0f} records arrived"
        )
    return len(hiding)
