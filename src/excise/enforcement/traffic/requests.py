"""Requests of degraded callers ask for less: no log-probabilities, fewer replies, fewer tokens.

A body is read with ``json.loads``, as FastAPI and vLLM read it: what they would take (NaN, UTF-16, a number
written as text) is seen here too, and what is passed on was written anew, so that no second field of the same
name slips by.
"""

import json
from collections.abc import Mapping

from excise.casework.decision import Degradation
from excise.errors import ExciseError

_LOGPROBS = ("logprobs", "top_logprobs", "prompt_logprobs", "logprob_token_ids", "return_tokens_as_token_ids")
_COUNTS = ("n", "best_of")
_LENGTHS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


class NotReadable(ExciseError):
    """A degraded caller's body is no JSON, so that nothing can be taken out of it."""


def degraded(body: bytes, degradation: Degradation) -> bytes:
    """Return the body of a request that asks for what a degraded caller may have.

    Raises:
        NotReadable: it is no JSON object.

    >>> degraded(b'{"n": "8", "logprobs": true, "messages": []}', Degradation(max_tokens=100))
    b'{"n":1,"messages":[],"max_tokens":100}'
    """
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        raise NotReadable("the body of the request is no JSON; send a JSON object") from None
    if not isinstance(asked, dict):
        raise NotReadable("the body of the request is no JSON object; send one")
    limited(asked, degradation)
    return json.dumps(asked, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def limited(asked: dict[str, object], degradation: Degradation) -> None:
    """Make a request, already read, ask for what a degraded caller may have, in place.

    >>> asked = {"n": 3, "logprobs": True, "input": "Good morning"}
    >>> limited(asked, Degradation(max_tokens=50))
    >>> asked
    {'n': 1, 'input': 'Good morning', 'max_output_tokens': 50}
    """
    if degradation.strip_logprobs:
        _strip(asked)
    if degradation.hide_reasoning and "include_reasoning" in asked:
        asked["include_reasoning"] = False
    if degradation.max_n is not None:
        for name in _COUNTS:
            if asked.get(name) is not None:
                asked[name] = _capped(asked[name], degradation.max_n)
    if degradation.max_tokens is not None:
        said = [name for name in _LENGTHS if asked.get(name) is not None]
        for name in said or ["max_output_tokens" if _of_responses(asked) else "max_tokens"]:
            asked[name] = _capped(asked.get(name), degradation.max_tokens)


def end_user_in(body: bytes) -> str | None:
    """Return the account's own customer, where a request names one as OpenAI's or Anthropic's API has it.

    >>> end_user_in(b'{"user": "u-7"}'), end_user_in(b'{"metadata": {"user_id": "u-8"}}'), end_user_in(b"{")
    ('u-7', 'u-8', None)
    """
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(asked, dict):
        return None
    about = asked.get("metadata")
    named = asked.get("user") or asked.get("safety_identifier")
    if not named and isinstance(about, dict):
        named = about.get("user_id")
    return named if isinstance(named, str) else None


def _strip(asked: dict[str, object]) -> None:
    for name in _LOGPROBS:
        asked.pop(name, None)
    include = asked.get("include")
    if isinstance(include, list):
        asked["include"] = [one for one in include if "logprobs" not in str(one)]


def _of_responses(asked: Mapping[str, object]) -> bool:
    return "input" in asked and "messages" not in asked and "prompt" not in asked


def _capped(value: object, most: int) -> int:
    """Return a number that is at most ``most``; what a lenient server might read as one is read as one."""
    if isinstance(value, bool | int | float | str):
        try:
            number = float(value)
        except ValueError:
            return most
        if number == number and abs(number) < 1e15:  # noqa: PLR0124 - NaN
            return min(int(number), most)
    return most
