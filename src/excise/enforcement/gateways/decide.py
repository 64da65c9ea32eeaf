"""``decide``: any gateway asks over HTTP, in JSON, with the facts that it has."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import msgspec
from msgspec import Raw, Struct

from excise.casework.decision import Degradation, Limits
from excise.enforcement.caller import Caller
from excise.enforcement.decide import Action, Simulated
from excise.enforcement.desk import Desk
from excise.enforcement.gateways import Endpoint, Gateway
from excise.enforcement.raw import TooLong, body_of, send_body

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_MOST_BYTES = 16 * 1024


class Refused(Struct, frozen=True, kw_only=True):
    """What to send to a caller that is refused: pass it on as it is."""

    status: int
    headers: dict[str, str]
    body: Raw


class Reply(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What ``POST /v1/decide`` answers.

    Attributes:
        action: allow, throttle, challenge, degrade or block.
        ttl_s: how long a gateway may keep the answer for this caller; 0 where a budget is counted.
        refused: what to send, unless the action is allow or degrade.
    """

    action: Action
    ttl_s: float
    decision: str | None = None
    reason_code: str | None = None
    until_s: float | None = None
    retry_after_s: float | None = None
    limits: Limits | None = None
    degradation: Degradation | None = None
    refused: Refused | None = None
    simulated: tuple[Simulated, ...] = ()


class Used(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reply cost that is over."""

    caller: Caller
    tokens: int


@dataclass(frozen=True)
class Decide(Gateway):
    """Asks with ``POST /v1/decide``, and tells with ``POST /v1/charge`` what a reply cost in tokens.

    Args:
        ttl_s: how long a gateway may keep an answer.
    """

    ttl_s: float = 1.0

    page: ClassVar[str] = "gateways/decide.md"

    def endpoints(self, desk: Desk) -> tuple[Endpoint, ...]:
        """Return the two endpoints."""
        return (
            Endpoint(
                path="/v1/decide",
                methods=("POST",),
                scope="decide",
                handler=_Asked(desk, self.ttl_s),
                takes=Caller,
                gives=Reply,
            ),
            Endpoint(
                path="/v1/charge", methods=("POST",), scope="decide", handler=_Charged(desk), takes=Used
            ),
        )


class _Asked:
    def __init__(self, desk: Desk, ttl_s: float) -> None:
        self._desk = desk
        self._ttl_s = ttl_s
        self._decoder = msgspec.json.Decoder(Caller)
        self._encode = msgspec.json.Encoder().encode
        self._allowed = self._encode(Reply(action=Action.ALLOW, ttl_s=ttl_s))

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:  # noqa: ARG002 - ASGI's
        try:
            caller = self._decoder.decode(await body_of(receive, most_bytes=_MOST_BYTES))
        except (msgspec.DecodeError, UnicodeDecodeError, TooLong) as error:
            await send_body(send, *_unreadable(error))
            return
        answer = self._desk.decide(caller)
        if answer.decision is None and not answer.simulated and not answer.refused:
            await send_body(send, 200, self._allowed)
            return
        refused = None
        if answer.refused:
            made = self._desk.refusal(answer)
            refused = Refused(status=made.status, headers=dict(made.headers), body=Raw(made.body))
        reply = Reply(
            action=answer.action,
            ttl_s=0.0 if answer.limits is not None or answer.retry_after_s else self._ttl_s,
            decision=answer.decision,
            reason_code=answer.reason_code,
            until_s=answer.until_s,
            retry_after_s=answer.retry_after_s,
            limits=answer.limits,
            degradation=answer.degradation,
            refused=refused,
            simulated=answer.simulated,
        )
        await send_body(send, 200, self._encode(reply))


class _Charged:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._decoder = msgspec.json.Decoder(Used)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:  # noqa: ARG002 - ASGI's
        try:
            used = self._decoder.decode(await body_of(receive, most_bytes=_MOST_BYTES))
        except (msgspec.DecodeError, UnicodeDecodeError, TooLong) as error:
            await send_body(send, *_unreadable(error))
            return
        self._desk.charge(used.caller, used.tokens)
        await send_body(send, 200, b"{}")


def _unreadable(error: Exception) -> tuple[int, bytes]:
    if isinstance(error, TooLong):
        text = (
            f"the body is longer than {_MOST_BYTES} bytes; send the facts about the caller, not the request"
        )
        return 413, msgspec.json.encode({"error": {"message": text, "code": "too_long"}})
    return 400, msgspec.json.encode({"error": {"message": str(error), "code": "unreadable"}})
