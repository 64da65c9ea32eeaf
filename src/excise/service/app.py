"""All endpoints together: capture, gateways, operation, appeals, and whoever else has some, in one table."""

import dataclasses
from collections.abc import Iterable, Mapping

import msgspec

from excise.enforcement.desk import Desk
from excise.enforcement.gateways import Endpoint, Gateway, gateway_kinds
from excise.errors import BadSetting, UnknownMember


def gateways(settings: Mapping[str, Mapping[str, object]]) -> dict[str, Gateway]:
    """Return every gateway by name, with its settings where there are some.

    Raises:
        BadSetting: a setting names no gateway, or gives one a wrong value.

    >>> sorted(gateways({"decide": {"ttl_s": 2.0}}))[:2]
    ['client', 'crowdsec']
    """
    kinds = gateway_kinds()
    for name in settings:
        if name not in kinds:
            raise BadSetting(f"[enforcement.gateways.{name}]: {UnknownMember.among(name, 'gateways', kinds)}")
    made: dict[str, Gateway] = {}
    for name, kind in kinds.items():
        known = {field.name for field in dataclasses.fields(kind)}  # type: ignore[arg-type]  # all are dataclasses
        for unknown in sorted(settings.get(name, {}).keys() - known):
            raise BadSetting(f"[enforcement.gateways.{name}]: {UnknownMember.among(unknown, name, known)}")
        try:
            made[name] = msgspec.convert(dict(settings.get(name, {})), kind)
        except msgspec.ValidationError as error:
            raise BadSetting(f"[enforcement.gateways.{name}]: {error}") from None
    return made


def table(desk: Desk, members: Iterable[Gateway], *further: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """Return the endpoints of gateways, and further ones, in one table."""
    asked = [endpoint for gateway in members for endpoint in gateway.endpoints(desk)]
    return (*asked, *(endpoint for some in further for endpoint in some))
