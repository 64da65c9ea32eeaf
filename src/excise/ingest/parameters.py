"""What the caller asked of the sampler, from the request body or the parameters that a log lifted out of it.

The caller wrote these, so nothing here refuses a record: what has no meaning (a temperature of ``[]``) counts
as not said, and numbers beyond what a sampler takes are cut to 32 bits.
"""

import math
from collections.abc import Mapping
from typing import TypeGuard

import msgspec

from excise.ingest.exchange import Parameters
from excise.ingest.identities import identity

_WHOLE = 2**31 - 1


def parameters(said: Mapping[str, object]) -> Parameters:
    r"""Return Parameters from a request body in any of the common dialects.

    >>> parameters({"temperature": 0, "max_completion_tokens": 256, "logprobs": True, "top_logprobs": 5})
    Parameters(temperature=0.0, top_p=None, n=None, max_tokens=256, seed=None, logprobs=5, ...
    >>> parameters({"n": 10**30, "temperature": "hot", "stop": ["\n", "END"]})
    Parameters(temperature=None, top_p=None, n=2147483647, max_tokens=None, seed=None, ... stops=2, ...
    """
    if not said:
        return _NOTHING_SAID
    tools = _tools(said)
    return Parameters(
        temperature=fraction(said.get("temperature")),
        top_p=fraction(_first(said, ("top_p", "topP", "p"))),
        n=whole(_first(said, ("n", "choice_count", "candidateCount", "num_generations"))),
        max_tokens=whole(_first(said, _MOST_TOKENS)),
        seed=_seed(said.get("seed")),
        logprobs=alternatives(said.get("logprobs"), said.get("top_logprobs")),
        response_format=response_format(said),
        reasoning=reasoning(said),
        stops=stops(_first(said, ("stop", "stop_sequences", "stopSequences"))),
        tools=msgspec.json.encode(tools, order="sorted").decode() if tools else None,
        tool_count=len(tools) if isinstance(tools, list) else int(tools is not None),
    )


def whole(value: object) -> int | None:
    """Return a whole number cut to 32 bits, None where the value is no number.

    >>> whole(12.0), whole(10**40), whole(True), whole("12")
    (12, 2147483647, None, None)
    """
    if not _is_number(value):
        return None
    return int(max(-_WHOLE, min(_WHOLE, value)))


def fraction(value: object) -> float | None:
    """Return a number cut to plus or minus a million, None where the value is no number.

    >>> fraction(1), fraction(1e300), fraction("1")
    (1.0, 1000000.0, None)
    """
    if not _is_number(value):
        return None
    return float(max(-1e6, min(1e6, value)))


def alternatives(logprobs: object, top_logprobs: object) -> int | None:
    """Return how many alternatives' log-probabilities were asked for: 0 is the chosen token's alone.

    >>> alternatives(True, 5), alternatives(True, None), alternatives(3, None), alternatives(False, None)
    (5, 0, 3, None)
    """
    asked = whole(top_logprobs)
    if isinstance(logprobs, bool):
        return max(asked or 0, 0) if logprobs else None
    number = whole(logprobs)
    return number if number is not None else asked


def response_format(said: Mapping[str, object]) -> str | None:
    """Return the type of the response format: text, json_object, json_schema, ..."""
    value = said.get("response_format")
    if value is None and isinstance(text := said.get("text"), dict):
        value = text.get("format")
    if isinstance(value, dict):
        value = value.get("type")
    return identity(value[:40]) if isinstance(value, str) else None


def reasoning(said: Mapping[str, object]) -> str | None:
    """Return the level or budget of reasoning asked for.

    >>> reasoning({"reasoning_effort": "high"}), reasoning({"thinking": {"budget_tokens": 8000}})
    ('high', '8000')
    """
    value = said.get("reasoning_effort")
    for name in ("reasoning", "thinking", "reasoning_config"):
        if value is None:
            value = said.get(name)
    if isinstance(value, dict):
        value = next(
            (value[k] for k in ("effort", "budget_tokens", "type") if value.get(k) is not None), None
        )
    if isinstance(value, str):
        return identity(value[:40])
    number = whole(value)
    return None if number is None else str(number)


def stops(value: object) -> int:
    """Return how many stop sequences were given."""
    if isinstance(value, list):
        return len(value)
    return int(isinstance(value, str) and value != "")


def _is_number(value: object) -> TypeGuard[float]:
    # an integer of hundreds of digits is a number too, and asking whether it is finite is an OverflowError
    return type(value) is int or (isinstance(value, float) and math.isfinite(value))


_NOTHING_SAID = Parameters()
_MOST_TOKENS = (
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "max_tokens_to_sample",
    "maxTokens",
    "maxTokenCount",
    "max_new_tokens",
    "max_gen_len",
)


def _first(said: Mapping[str, object], names: tuple[str, ...]) -> object:
    for name in names:
        value = said.get(name)
        if value is not None:
            return value
    return None


def _seed(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def _tools(said: Mapping[str, object]) -> object:
    tools = said.get("tools") or said.get("functions")
    if tools is None and isinstance(config := said.get("toolConfig"), dict):
        tools = config.get("tools")
    return tools or None
