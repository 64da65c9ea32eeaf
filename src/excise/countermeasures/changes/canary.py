"""``canary``: a reply ends with an example that nobody else was ever given."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from excise.countermeasures.bodies import Body, Record, dicts
from excise.countermeasures.campaign_key import CampaignKey, derive
from excise.countermeasures.changes import Edit, Edited

_ONSETS = ("b", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z")
_VOWELS = ("a", "e", "i", "o")
_SYLLABLES = 3


@dataclass(frozen=True)
class Canary(Edit):
    """Adds a sentence with a made-up name and number, drawn by the campaign's key and the reply's id.

    The sentence says itself that it is made up. Of all the names and numbers that could have been drawn, each
    was as likely: how likely a suspect finds the planted one among others that were drawn the same way and
    never served is an exact test (``lineage/methods/canaries``).

    Args:
        lead: what the sentence begins with.
    """

    lead: str = "For illustration, a made-up entry:"

    unit: ClassVar[str] = "sentences"
    customer_sees: ClassVar[str] = "One sentence at the end of a reply, which says that it is made up."
    costs: ClassVar[str] = "The sentence: about twenty tokens that nobody asked for."
    good_for: ClassVar[str] = (
        "An exact test of one reply's use, where the suspect gives log-probabilities, and sometimes by "
        "completing the name. Whoever looks at the data finds it, and a filter takes it out."
    )
    not_when: ClassVar[str] = (
        "Replies are read by programs or by people who may take the entry for true; or the accounts may be "
        "honest."
    )

    def sentence(self, key: CampaignKey, reply: str, draw: int = 0) -> str:
        """Return the sentence of a reply, and with ``draw`` above 0 those that might have been drawn.

        >>> canary = Canary()
        >>> canary.sentence(CampaignKey("campaign-7", bytes(32)), "r-1")
        'For illustration, a made-up entry: Batopi Sidiko, number 59338.'
        """
        seed = int.from_bytes(derive(key.secret, f"canary {draw} {reply}", size=16))
        dice = np.random.default_rng(seed)
        names = [
            "".join(
                _ONSETS[dice.integers(len(_ONSETS))] + _VOWELS[dice.integers(len(_VOWELS))]
                for _ in range(_SYLLABLES)
            ).capitalize()
            for _ in range(2)
        ]
        return f"{self.lead} {' '.join(names)}, number {dice.integers(10_000, 100_000)}."

    def edit(self, body: bytes, *, key: CampaignKey, reply: str) -> Edited:
        """Add the sentence to each choice; a choice that calls tools or has no words is left alone."""
        read = Body(body)
        sentence = " " + self.sentence(key, reply)
        changed = _stream(read, sentence) if read.streamed else _whole(read, sentence)
        return Edited(read.write() if changed else body, changed)


def _whole(body: Body, sentence: str) -> int:
    changed = 0
    for record in body.records():
        for choice in dicts(record.get("choices")):
            holder = choice.get("message", choice)
            name = "text" if holder is choice else "content"
            if isinstance(holder, dict) and isinstance(holder.get(name), str) and holder[name]:
                holder[name] = f"{holder[name]}{sentence}"
                changed += 1
    return changed


def _stream(body: Body, sentence: str) -> int:
    """Add it to the last piece of words of each choice."""
    ends: dict[int, tuple[Record, str]] = {}
    for record in body.records():
        for choice in dicts(record.get("choices")):
            index, holder = choice.get("index", 0), choice.get("delta", choice)
            name = "text" if holder is choice else "content"
            words = holder.get(name) if isinstance(holder, dict) else None
            if isinstance(index, int) and isinstance(words, str) and words:
                ends[index] = (holder, name)  # type: ignore[assignment]  # it is a dict: it held words
    for holder, name in ends.values():
        holder[name] = f"{holder[name]}{sentence}"
    return len(ends)
