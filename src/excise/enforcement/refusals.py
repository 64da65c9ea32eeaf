"""Refusals: an answer in the shape of the provider's own errors, as OpenAI-compatible clients read them.

A caller learns that it was refused, a reason code, until when, and how to appeal. It does not learn the
decision's own name: two accounts of one actor could find out by it that they were taken for one.
"""

import math
import string

import msgspec
from msgspec import Struct

from excise.enforcement.decide import DOWN, Action, Answer
from excise.errors import BadSetting

_FIELDS = frozenset({"reason_code", "reference", "appeal_url", "retry_after_s"})


class Text(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one kind of refusal reads.

    ``code`` is what programs read; "" says the reason code there. ``message`` may hold ``{reason_code}``,
    ``{reference}``, ``{appeal_url}`` and ``{retry_after_s}``.
    """

    status: int
    type: str
    code: str
    message: str


class Wording(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What refused callers read."""

    appeal_url: str = ""
    throttle: Text = Text(
        status=429,
        type="rate_limit_error",
        code="rate_limit_exceeded",
        message="Too many requests. Try again in {retry_after_s} seconds.",
    )
    challenge: Text = Text(
        status=403,
        type="permission_error",
        code="verification_required",
        message="This account has to be verified to go on. Your reference is {reference}. {appeal_url}",
    )
    block: Text = Text(
        status=403,
        type="permission_error",
        code="",
        message="Access is suspended ({reason_code}). To appeal, give reference {reference}. {appeal_url}",
    )
    unavailable: Text = Text(
        status=503,
        type="server_error",
        code=DOWN,
        message="Requests cannot be checked at the moment. Try again in {retry_after_s} seconds.",
    )

    def checked(self) -> "Wording":
        """Return it, if every message can be made.

        Raises:
            BadSetting: a message has a field that there is not, or a status is no error.
        """
        for name in ("throttle", "challenge", "block", "unavailable"):
            text: Text = getattr(self, name)
            try:
                used = {
                    field for _, field, _, _ in string.Formatter().parse(text.message) if field is not None
                }
            except ValueError as error:
                raise BadSetting(f"[wording.{name}] message: {error}") from None
            if not used <= _FIELDS:
                raise BadSetting(
                    f"[wording.{name}] message: there is no {{{min(used - _FIELDS)}}}; there are "
                    f"{', '.join(f'{{{one}}}' for one in sorted(_FIELDS))}"
                )
            if not 400 <= text.status <= 599:
                raise BadSetting(f"[wording.{name}] status: {text.status} is no error; use 400 to 599")
        return self


class Refusal(Struct, frozen=True, kw_only=True):
    """What a refused caller is sent. ``headers`` are names in lower case, with values."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    message: str
    code: str


class _Error(Struct, frozen=True, kw_only=True):
    message: str
    type: str
    param: None
    code: str
    reason_code: str
    reference: str | None
    appeal_url: str | None
    until_s: float | None


class _Body(Struct, frozen=True):
    error: _Error


def refusal(answer: Answer, wording: Wording, *, reference: str | None) -> Refusal:
    """Return what the caller is sent for an answer that refuses.

    >>> answer = Answer(action=Action.THROTTLE, reason_code="volume", retry_after_s=2.5)
    >>> sent = refusal(answer, Wording(), reference=None)
    >>> sent.status, dict(sent.headers)["retry-after"], sent.code
    (429, '3', 'rate_limit_exceeded')
    """
    text = _text(answer, wording)
    reason = answer.reason_code or ""
    wait_s = None if answer.retry_after_s is None else max(math.ceil(answer.retry_after_s), 1)
    message = text.message.format(
        reason_code=reason,
        reference=reference or "",
        appeal_url=wording.appeal_url,
        retry_after_s=wait_s if wait_s is not None else "",
    ).strip()
    headers = [("content-type", "application/json"), ("x-excise-action", answer.action.value)]
    if wait_s is not None:
        headers.append(("retry-after", str(wait_s)))
    if text.status != 429:
        # The official clients try again after some refusals on their own; here it cannot help.
        headers.append(("x-should-retry", "false"))
    if reference:
        headers.append(("x-excise-reference", reference))
    error = _Error(
        message=message,
        type=text.type,
        param=None,
        code=text.code or reason,
        reason_code=reason,
        reference=reference,
        appeal_url=wording.appeal_url or None,
        until_s=answer.until_s if answer.action is not Action.THROTTLE else None,
    )
    return Refusal(
        status=text.status,
        headers=tuple(headers),
        body=msgspec.json.encode(_Body(error)),
        message=message,
        code=error.code,
    )


def _text(answer: Answer, wording: Wording) -> Text:
    if answer.reason_code == DOWN:
        return wording.unavailable
    return {
        Action.THROTTLE: wording.throttle,
        Action.CHALLENGE: wording.challenge,
        Action.BLOCK: wording.block,
    }[answer.action]
