"""``crowdsec``: the stream of decisions that CrowdSec's bouncers read."""

import hashlib
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import msgspec
from msgspec import Struct

from excise.casework.decision import Effect, Kind, Lifted, Scope
from excise.enforcement.desk import Desk
from excise.enforcement.gateways import Endpoint, Gateway
from excise.enforcement.keys import key_of, subject_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_TYPES = {Kind.BLOCK: "ban", Kind.CHALLENGE: "captcha", Kind.THROTTLE: "throttle", Kind.DEGRADE: "degrade"}
_DEFAULT_SCOPES = "ip,range"
_MOST_BOUNCERS = 1_000


class Decision(Struct, frozen=True, kw_only=True):
    """A decision as CrowdSec writes it."""

    id: int
    uuid: str
    origin: str
    type: str
    scope: str
    value: str
    duration: str
    scenario: str
    simulated: bool


class Stream(Struct, frozen=True, kw_only=True):
    """What a bouncer pulls. CrowdSec writes null where there is nothing."""

    new: list[Decision] | None
    deleted: list[Decision] | None


class _Last(NamedTuple):
    """Up to where a bouncer knows what holds."""

    sequence: int
    at_s: float


@dataclass(frozen=True)
class CrowdSec(Gateway):
    """Answers ``GET /v1/decisions/stream``: everything at the start, then what is new and what is over.

    Addresses and prefixes go out under CrowdSec's scopes ``Ip`` and ``Range``; who asks for the scopes
    ``account`` or ``end_user`` gets those too. Blocks are bans, challenges captchas. Simulated decisions are
    not sent: a bouncer would carry them out.

    Args:
        origin: what bouncers show as the origin.
    """

    origin: str = "excise"

    page: ClassVar[str] = "gateways/crowdsec.md"

    def endpoints(self, desk: Desk) -> tuple[Endpoint, ...]:
        """Return the endpoint; bouncers show the token as ``X-Api-Key``."""
        pulls = _Pulls(desk, self.origin)

        async def stream(request: "Request") -> "Response":
            from starlette.responses import Response  # noqa: PLC0415 - of the extra

            query = request.query_params
            token = request.headers.get("x-api-key", "")
            found = pulls.pull(
                bouncer=hashlib.sha256(f"{token} {query.get('scopes', '')}".encode()).digest(),
                startup=query.get("startup", "").lower() in ("true", "1"),
                scopes=frozenset(query.get("scopes", _DEFAULT_SCOPES).lower().split(",")),
            )
            return Response(msgspec.json.encode(found), media_type="application/json")

        return (
            Endpoint(
                path="/v1/decisions/stream",
                methods=("GET", "HEAD"),
                scope="decide",
                handler=stream,
                gives=Stream,
            ),
        )


class _Pulls:
    """What each bouncer knows already."""

    def __init__(self, desk: Desk, origin: str) -> None:
        self._desk = desk
        self._origin = origin
        self._last: OrderedDict[bytes, _Last] = OrderedDict()

    def pull(self, *, bouncer: bytes, startup: bool, scopes: frozenset[str]) -> Stream:
        now_s = self._desk.clock()
        last = self._last.pop(bouncer, None)
        # Before anything is read: what changes meanwhile comes again with the next pull.
        self._last[bouncer] = _Last(self._desk.sequence, now_s)
        while len(self._last) > _MOST_BOUNCERS:
            self._last.popitem(last=False)
        changes = None if last is None or startup else self._desk.since(last.sequence)
        table = self._desk.table
        if changes is None or last is None:
            held = (one for one in table.effects() if one.starts_at_s <= now_s < one.until_s)
            return Stream(new=self._all(held, scopes, now_s), deleted=None)
        new = {
            (one.scope, one.subject): one
            for one in (*changes.effects, *table.begun(after_s=last.at_s, by_s=now_s))
            if one.starts_at_s <= now_s < one.until_s
        }
        over = [
            *(self._of_lifted(one) for one in changes.lifted if not one.simulated),
            *table.ended(after_s=last.at_s, by_s=now_s),
        ]
        # What was replaced by something that a bouncer does not carry out is over for it.
        over += [one for one in changes.effects if one.kind not in _TYPES or one.starts_at_s > now_s]
        gone = (one for one in over if (one.scope, one.subject) not in new or one.kind not in _TYPES)
        return Stream(
            new=self._all(new.values(), scopes, now_s),
            deleted=self._all(gone, scopes, now_s, over=True),
        )

    def _all(
        self, effects: Iterable[Effect], scopes: frozenset[str], now_s: float, *, over: bool = False
    ) -> list[Decision] | None:
        made = list(self._made(effects, scopes, now_s, over=over))
        return made or None

    def _made(
        self, effects: Iterable[Effect], scopes: frozenset[str], now_s: float, *, over: bool
    ) -> Iterator[Decision]:
        for effect in effects:
            kind = _TYPES.get(effect.kind, "ban" if over else None)
            scope, value = _named(effect)
            if kind is None or effect.simulated or scope.lower() not in scopes:
                continue
            number = hashlib.blake2b(
                f"{effect.decision} {scope} {value}".encode("utf-8", "surrogatepass"), digest_size=16
            ).digest()
            yield Decision(
                id=int.from_bytes(number[:8]) >> 12,
                uuid=str(uuid.UUID(bytes=number)),
                origin=self._origin,
                type=kind,
                scope=scope,
                value=value,
                duration=f"{max(effect.until_s - now_s, 0.0):.3f}s",
                scenario=f"excise/{effect.reason_code}",
                simulated=False,
            )

    def _of_lifted(self, lifted: Lifted) -> Effect:
        """The effect that is over, as far as a bouncer has to know it: whom it was about."""
        return Effect(
            scope=lifted.scope,
            subject=lifted.subject,
            simulated=False,
            decision="lifted",
            kind=Kind.BLOCK,
            starts_at_s=0.0,
            until_s=0.0,
            reason_code="lifted",
        )


def _named(effect: Effect) -> tuple[str, str]:
    """The scope and the value as CrowdSec writes them; an address in its usual spelling."""
    if effect.scope is not Scope.ADDRESS:
        return effect.scope.value, effect.subject
    value = subject_of(key_of(effect.scope, effect.subject))[1]
    return ("Range" if "/" in value else "Ip"), value
