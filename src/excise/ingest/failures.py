"""The class of an error. Its text may hold the caller's words, so it never enters an Exchange."""

import re

_CLASS = re.compile(r"[A-Za-z_][\w.]{0,79}")
_CODE = re.compile(r"(?<!\d)[45]\d\d(?!\d)")
# What a provider's error texts say, in their own words, and the one word that is kept for it
_KINDS = (
    (re.compile(r"suspend|deactivat|disabled|banned|blocked|terminated|revoked", re.IGNORECASE), "suspended"),
    (re.compile(r"rate.?limit|too many requests|throttl", re.IGNORECASE), "rate_limit"),
    (re.compile(r"quota|budget|insufficient|billing", re.IGNORECASE), "budget"),
    (
        re.compile(r"context.?(?:length|window)|too long|maximum.{1,20}tokens", re.IGNORECASE),
        "context_length",
    ),
    (re.compile(r"content.?(?:filter|policy)|safety|guardrail|moderation", re.IGNORECASE), "content_filter"),
    (
        re.compile(r"api key|unauthori[sz]ed|authenticat|permission|forbidden", re.IGNORECASE),
        "authentication",
    ),
    (re.compile(r"time.?d?.?out|deadline", re.IGNORECASE), "timeout"),
    (re.compile(r"overload|unavailable|internal", re.IGNORECASE), "server"),
)


def error_class(named: object, code: object, text: object) -> str | None:
    """Return the class of an error from what a log names it, its code, and its text; None where it has none.

    >>> error_class("RateLimitError", "429", "Rate limit reached for ann@example.org")
    'RateLimitError 429 rate_limit'
    >>> error_class(None, None, "403 account suspended")
    '403 suspended'
    >>> error_class(None, 500, None)
    '500'
    >>> error_class("", None, "my secret prompt was refused")
    'other'
    """
    name = _CLASS.fullmatch(named.strip()) if isinstance(named, str) else None
    shown = text[:500] if isinstance(text, str) else ""
    number = _CODE.search(str(code)[:20] if code is not None else shown[:200])
    kind = next((kind for pattern, kind in _KINDS if pattern.search(shown)), None)
    said = [part for part in (name and name.group(), number and number.group(), kind) if part]
    if said:
        return " ".join(said)
    return "other" if shown or (isinstance(named, str) and named) else None
