"""The Exchange: one request to a model and its reply, as a log saw it.

It holds words and lives in memory only.
"""

from msgspec import Struct


class Turn(Struct, frozen=True, gc=False, rename={"text": "content"}, forbid_unknown_fields=True):
    """One message of the request. ``role`` is system, user, assistant or tool.

    The commonest message of every log is ``{"role": ..., "content": "..."}`` and nothing else. Under that
    name, and refusing any other field, a Turn is decoded straight from it; messages that hold more go through
    ``words.py``.

    >>> import msgspec
    >>> msgspec.json.decode(b'{"role": "user", "content": "Good morning"}', type=Turn)
    Turn(role='user', text='Good morning')
    """

    role: str
    text: str


class Parameters(Struct, frozen=True, kw_only=True, gc=False):
    """What the caller asked of the sampler; None is "not said".

    ``logprobs`` is the number of alternatives asked for (0: the chosen token's alone), None where none were.
    ``tools`` is the tool definitions as one text, ``tool_count`` their number. Whole numbers fit 32 bits
    (``seed`` excepted) and fractions a 32-bit float: what a caller sends beyond that is cut, as it means
    nothing more.
    """

    temperature: float | None = None
    top_p: float | None = None
    n: int | None = None
    max_tokens: int | None = None
    seed: int | None = None
    logprobs: int | None = None
    response_format: str | None = None
    reasoning: str | None = None
    stops: int = 0
    tools: str | None = None
    tool_count: int = 0


class Exchange(Struct, frozen=True, kw_only=True, gc=False):
    """One request and its reply.

    Times are epoch seconds (UTC), ``ended_at_s`` and ``first_token_at_s`` within a day of ``started_at_s``
    (and, where the gateway's clocks disagree, possibly before it). ``turns`` is None where the log holds no
    words of the request, ``reply`` where it holds none of the reply. ``signatures`` are opaque tokens of
    replayed reasoning (signed thinking blocks) in the request, in their order. ``sampling_rate`` is the share
    of traffic that this log keeps. ``truncated``: the source cut words off; ``redacted``: the customer or the
    provider chose to log no words. ``error`` is a class of error, never its text. Identity fields hold no
    credential (see ``credentials.py``), no control character, and at most 256 characters.
    """

    record_id: str
    started_at_s: float
    ended_at_s: float | None = None
    first_token_at_s: float | None = None
    api_key: str | None = None
    user: str | None = None
    team: str | None = None
    organization: str | None = None
    end_user: str | None = None
    address: str | None = None
    user_agent: str | None = None
    tls: str | None = None
    session: str | None = None
    operation: str | None = None
    provider: str | None = None
    model: str | None = None
    stream: bool | None = None
    outcome: str = "success"
    finish_reason: str | None = None
    error: str | None = None
    parameters: Parameters = Parameters()
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_reasoning: int | None = None
    tokens_cached: int | None = None
    cost_usd: float | None = None
    turns: tuple[Turn, ...] | None = None
    reply: str | None = None
    signatures: tuple[str, ...] = ()
    truncated: bool = False
    redacted: bool = False
    sampling_rate: float = 1.0


ACCOUNT_FIELDS = ("api_key", "user", "team", "organization", "end_user", "address")
"""The fields of an Exchange that can be the account (``--account-field``)."""


def account_of(exchange: Exchange, account_field: str) -> str | None:
    """Return who sent an exchange, None where the log does not say.

    >>> account_of(Exchange(record_id="r1", started_at_s=1.76e9, user="ann"), "user")
    'ann'
    >>> account_of(Exchange(record_id="r1", started_at_s=1.76e9, user="ann"), "organization") is None
    True
    """
    account: str | None = getattr(exchange, account_field)
    return account
