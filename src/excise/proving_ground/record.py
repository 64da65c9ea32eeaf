"""Records: an exchange as LiteLLM logs it (``StandardLoggingPayload``), one JSON object a line."""

import msgspec

from excise.proving_ground.dice import Dice
from excise.proving_ground.member import Member
from excise.proving_ground.said import Asked, Message, Said

_WITHHELD = "redacted-by-litellm"
"""What LiteLLM writes in place of words where a customer turned message logging off."""


_FAILING = 0.004
"""Share of requests that fail for no fault of the customer, and how."""
_FAILURES = (
    "429 rate limit exceeded",
    "429 rate limit exceeded",
    "500 internal error",
    "503 overloaded",
    "408 timeout",
)


class _Metadata(msgspec.Struct, frozen=True, gc=False):
    user_api_key_hash: str
    user_api_key_user_id: str
    user_api_key_org_id: str | None
    user_api_key_team_id: str | None
    requester_ip_address: str | None
    requester_custom_headers: dict[str, str]
    user_agent: str


class _Choice(msgspec.Struct, frozen=True, gc=False):
    index: int
    finish_reason: str
    message: Message


class _Response(msgspec.Struct, frozen=True, gc=False):
    choices: list[_Choice]


class Record(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One line of the log, with the fields and the order of fields that LiteLLM writes."""

    id: str
    trace_id: str
    call_type: str = "acompletion"
    stream: bool
    status: str
    custom_llm_provider: str = "hosted_vllm"
    model: str
    model_group: str
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    startTime: float  # noqa: N815 - LiteLLM's name
    endTime: float  # noqa: N815 - LiteLLM's name
    completionStartTime: float  # noqa: N815 - LiteLLM's name
    response_cost: float
    cache_hit: bool = False
    metadata: _Metadata
    requester_ip_address: str | None = None
    end_user: str | None
    request_tags: list[str]
    model_parameters: Asked
    messages: list[Message]
    response: _Response | None
    error_str: str | None


def record(member: Member, said: Said, at_s: float, serial: int, newest: str) -> Record:
    """Put what a member said at a time on the wire.

    Args:
        member: who said it.
        said: what.
        at_s: when the request arrived.
        serial: its number in the log; ids are unique and carry nothing else.
        newest: the model that it is sent to once the member has taken up the newest.
    """
    dice = Dice.of(member.key, serial)
    if not said.error and dice.chance(_FAILING):
        said = said._replace(replies=(), error=dice.pick(_FAILURES))
    client = member.clients[0] if len(member.clients) == 1 else dice.pick(member.clients)
    model = newest if said.newest_model or at_s >= member.newest_from_s else member.model
    tokens_in = sum(len(m.content) for m in said.messages) // 4 + 3
    tokens_out = sum(len(r) for r in said.replies) // 4 + len(said.replies)
    first_s = 0.15 + 0.00002 * tokens_in + dice.uniform(0, 0.5)
    took_s = first_s + tokens_out / dice.uniform(35, 110) / max(1, len(said.replies))
    words = member.words_logged
    messages = list(said.messages) if words else [Message("user", _WITHHELD)]
    replies = said.replies if words else (_WITHHELD,) * len(said.replies)
    limit = said.asked.max_tokens
    return Record(
        id=f"chatcmpl-{dice.hex(15)}{serial:08x}",
        trace_id=f"sess_{said.session}",
        stream=bool(said.asked.stream),
        status="failure" if said.error else "success",
        model=model,
        model_group=model,
        prompt_tokens=tokens_in,
        completion_tokens=tokens_out,
        total_tokens=tokens_in + tokens_out,
        startTime=round(at_s, 3),
        endTime=round(at_s + took_s, 3),
        completionStartTime=round(at_s + first_s, 3),
        response_cost=round(tokens_in * 3e-6 + tokens_out * 15e-6, 6),
        metadata=_Metadata(
            user_api_key_hash=member.keys[0] if len(member.keys) == 1 else dice.pick(member.keys),
            user_api_key_user_id=member.account.account,
            user_api_key_org_id=member.account.organization,
            user_api_key_team_id=None,
            requester_ip_address=member.places.at(at_s, dice, member.key) if member.address_logged else None,
            requester_custom_headers={"x-ja4": client.ja4} if member.tls_logged else {},
            user_agent=client.user_agent,
        ),
        end_user=said.end_user,
        request_tags=[f"User-Agent: {client.user_agent}"],
        model_parameters=said.asked,
        messages=messages,
        response=_Response(
            [
                _Choice(n, "length" if limit and len(r) // 4 >= limit else "stop", Message("assistant", r))
                for n, r in enumerate(replies)
            ]
        )
        if replies and member.replies_logged
        else None,
        error_str=said.error,
    )
