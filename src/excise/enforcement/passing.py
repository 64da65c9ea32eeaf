"""What a request that goes on takes with it: headers that tell the model server what not to give.

A gateway sets them in place of whatever a customer sent under these names.
"""

import msgspec

from excise.casework.decision import Degradation
from excise.enforcement.decide import Answer

ACTION = "x-excise-action"
DEGRADATION = "x-excise-degradation"
"""Holds the degradation as JSON; ``{}`` where there is none, so that a customer's own is overwritten."""

_DECODER = msgspec.json.Decoder(Degradation)
_NONE = ((ACTION, "allow"), (DEGRADATION, "{}"))


def headers_for_upstream(answer: Answer) -> tuple[tuple[str, str], ...]:
    """Return the headers that go on with a request.

    >>> from excise.enforcement.decide import Action
    >>> answer = Answer(action=Action.DEGRADE, degradation=Degradation())
    >>> dict(headers_for_upstream(answer))["x-excise-action"]
    'degrade'
    """
    if answer.degradation is None:
        return _NONE
    return ((ACTION, answer.action.value), (DEGRADATION, msgspec.json.encode(answer.degradation).decode()))


def degradation_in(header: str | None) -> Degradation | None:
    """Return the degradation that a header says; None where it says none, or nothing that can be read.

    >>> degradation_in('{"max_n":1}'), degradation_in("{}")
    (Degradation(strip_logprobs=True, hide_reasoning=True, max_n=1, max_tokens=None), None)
    """
    if not header or header == "{}":
        return None
    try:
        return _DECODER.decode(header)
    except msgspec.DecodeError:
        return None


def told(degradation: Degradation) -> str:
    """Return what a degraded caller reads in the header ``x-excise-degraded``.

    >>> told(Degradation(max_tokens=500))
    'logprobs, reasoning, n<=1, max_tokens<=500'
    """
    parts = ["logprobs"] if degradation.strip_logprobs else []
    parts += ["reasoning"] if degradation.hide_reasoning else []
    parts += [f"n<={degradation.max_n}"] if degradation.max_n is not None else []
    parts += [f"max_tokens<={degradation.max_tokens}"] if degradation.max_tokens is not None else []
    return ", ".join(parts)
