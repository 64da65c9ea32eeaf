"""``log_probabilities``: how likely tokens were is not told."""

from dataclasses import dataclass
from typing import ClassVar

from excise.countermeasures.bodies import Body
from excise.countermeasures.campaign_key import CampaignKey
from excise.countermeasures.changes import Edit, Edited

_FIELDS = frozenset({"logprobs", "prompt_logprobs", "top_logprobs", "token_logprobs"})
_THEIRS = frozenset({"metadata", "arguments", "input", "tools", "parsed"})
"""Fields whose content is the customer's own: what has such a name in there is none of the server's."""


@dataclass(frozen=True)
class LogProbabilities(Edit):
    """Takes log-probabilities out of replies, those of the prompt too. The words stay as they are."""

    unit: ClassVar[str] = "fields"
    customer_sees: ClassVar[str] = "The fields with log-probabilities are empty, in replies and in streams."
    costs: ClassVar[str] = (
        "Who grades, calibrates or decodes with log-probabilities cannot. The words are untouched."
    )
    good_for: ClassVar[str] = (
        "A student cannot be trained on the teacher's distribution, only on its words, which takes more of "
        "them. It takes no evidence away: the twins are scored under the suspect, not under the teacher."
    )
    not_when: ClassVar[str] = "The account is an evaluation or a program that has agreed to what it takes."

    def edit(self, body: bytes, *, key: CampaignKey, reply: str) -> Edited:  # noqa: ARG002 - it needs neither
        """Empty the fields, wherever an OpenAI-compatible server puts them."""
        read = Body(body)
        changed = sum(_empty(record) for record in read.records())
        return Edited(read.write() if changed else body, changed)


def _empty(value: object) -> int:
    """Empty the fields in an object and all that it holds, and count them."""
    changed = 0
    if isinstance(value, list):
        return sum(_empty(one) for one in value)
    if isinstance(value, dict):
        for name, held in value.items():
            if name in _FIELDS:
                if held not in (None, []):
                    value[name] = [] if isinstance(held, list) else None
                    changed += 1
            elif name not in _THEIRS:
                changed += _empty(held)
    return changed
