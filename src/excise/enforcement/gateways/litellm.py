"""``litellm``: the LiteLLM proxy's guardrail ``generic_guardrail_api``, without code in the proxy."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import msgspec
from msgspec import Struct

from excise.enforcement.caller import Caller
from excise.enforcement.desk import Desk
from excise.enforcement.gateways import Endpoint, Gateway
from excise.enforcement.raw import TooLong, body_of, send_body

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_MOST_BYTES = 64 * 1024 * 1024
AccountField = Literal["key", "user", "team", "organization"]


class _Who(Struct, frozen=True):
    user_api_key_hash: str | None = None
    user_api_key_user_id: str | None = None
    user_api_key_team_id: str | None = None
    user_api_key_org_id: str | None = None
    user_api_key_end_user_id: str | None = None


class _Asked(Struct, frozen=True):
    """What is read of a request: the words in it are passed over, not decoded."""

    request_data: _Who = _Who()
    request_headers: dict[str, str] | None = None
    input_type: str = "request"
    model: str | None = None


class Verdict(Struct, frozen=True, omit_defaults=True):
    """What LiteLLM is answered."""

    action: Literal["NONE", "BLOCKED"]
    blocked_reason: str | None = None


@dataclass(frozen=True)
class LiteLLM(Gateway):
    """Lets a request pass or stops it; LiteLLM makes 400 of every stop, with our message in it.

    The contract carries no address: list ``x-forwarded-for`` under the guardrail's ``extra_headers``. For the
    right status, throttles with ``Retry-After`` and degraded requests use the callback.

    Args:
        account_field: which of LiteLLM's names is the account: ``key`` (the key's hash), ``user``, ``team``
            or ``organization``. The one that scans use for ``--account-field``.
    """

    account_field: AccountField = "key"

    page: ClassVar[str] = "gateways/litellm.md"

    def endpoints(self, desk: Desk) -> tuple[Endpoint, ...]:
        """Return the endpoint, at the path that LiteLLM has fixed."""
        handler = _Guard(desk, self.account_field)
        path = "/beta/litellm_basic_guardrail_api"
        return (
            Endpoint(
                path=path, methods=("POST",), scope="decide", handler=handler, takes=_Asked, gives=Verdict
            ),
        )


class _Guard:
    def __init__(self, desk: Desk, account_field: AccountField) -> None:
        self._desk = desk
        self._field = account_field
        self._decoder = msgspec.json.Decoder(_Asked)
        self._passes = msgspec.json.encode(Verdict("NONE"))

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:  # noqa: ARG002 - ASGI's
        try:
            asked = self._decoder.decode(await body_of(receive, most_bytes=_MOST_BYTES))
        except (msgspec.DecodeError, UnicodeDecodeError, TooLong) as error:
            said = {"error": {"message": str(error) or "the body is too long", "code": "unreadable"}}
            await send_body(send, 400, msgspec.json.encode(said))
            return
        # A reply is not judged: whoever may ask may be answered.
        if asked.input_type == "response":
            await send_body(send, 200, self._passes)
            return
        answer = self._desk.decide(self._caller(asked))
        if not answer.refused:
            await send_body(send, 200, self._passes)
            return
        refusal = self._desk.refusal(answer)
        await send_body(
            send, 200, msgspec.json.encode(Verdict("BLOCKED", f"{refusal.code}: {refusal.message}"))
        )

    def _caller(self, asked: _Asked) -> Caller:
        who = asked.request_data
        named = {
            "key": who.user_api_key_hash,
            "user": who.user_api_key_user_id,
            "team": who.user_api_key_team_id,
            "organization": who.user_api_key_org_id,
        }
        # LiteLLM says "[present]" of a header that it does not pass on.
        headers = {
            name.lower(): text for name, text in (asked.request_headers or {}).items() if text[:1] != "["
        }
        return Caller(
            account=named[self._field],
            credential=who.user_api_key_hash,
            end_user=who.user_api_key_end_user_id,
            address=self._desk.identity.address(headers.get, None),
            model=asked.model,
        )
