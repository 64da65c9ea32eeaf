"""``keys``: do the suspect's words carry the mark that one campaign's replies were given?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from excise.errors import BadSetting, BadTable
from excise.lineage.entries import Result
from excise.lineage.marks import SIGHTINGS, Reader, Ripening, Tally, fresh_secrets, joined
from excise.lineage.methods import Evidence, Fact, Given, Method, Reading, Step
from excise.lineage.replies import Message, Sampling
from excise.lineage.suspects import Access, Answered, Ask
from excise.lineage.validity import Caution

_MARKED_BITS = 10.0
_FEW = 50
_LOOKS = 32
"""How often the bets on fresh keys are looked at; at every answer, it would take minutes."""

_FOR_PUBLISHED = 100
"""Fresh keys that show how far the published statistic spreads."""


@dataclass(frozen=True, slots=True)
class Keys(Method):
    """Ask the suspect anything, and bet that its words carry the marks of a campaign's key.

    The replies to a campaign's accounts were made under a watermark with a key of the campaign's own. A model
    that learned from them says marked words more often, in replies to other prompts too. The bits are the
    log2 of the wealth of a bet on each new spot of the suspect's words; they have no cap. Beside them the key
    is ranked among fresh ones, whatever the watermark: an exact p-value of at least ``1 / (fresh + 1)``, and
    an e-value that is capped at ``log2(fresh + 1)`` bits.

    Attributes:
        fresh: how many fresh keys it is ranked among.
        sightings: in how many answers a spot is said before it is looked up.
        samples: how often each prompt is asked.
        max_tokens: of each answer.
        temperature: of each answer; below 1, what a student took over comes up more.
    """

    fresh: int = 1000
    sightings: int = SIGHTINGS
    samples: int = 1
    max_tokens: int = 256
    temperature: float = 0.7

    hypothesis = "The suspect was trained on replies that were marked with this campaign's key."
    null = (
        "The suspect's words do not depend on the key: at each different spot of them the key's marks come "
        "up with their chance, independently, and the key has each rank among fresh keys equally often."
    )
    statistic = (
        "The marks of the key at each spot (a context of tokens and the token after it) that came up in "
        "several of the suspect's answers without standing in their prompts, looked up once; a mixture of "
        "bets that they come up more often than by chance. Beside it the rank among fresh keys."
    )
    needs = frozenset({Access.TEXT, Access.LOG_PROBABILITIES, Access.WEIGHTS})
    uses = ("prompts", "key_file")
    assumes = (
        "The key was kept secret, and drawn at random from the master secret.",
        "AES-256 is not told from a random permutation (the rank and its p-value do not need this).",
        "The prompts hold nothing that was marked with the key: a suspect may repeat what it is shown.",
        "The tokenizer is the serving model's.",
    )
    does_not_prove = (
        (
            "That the campaign's accounts trained the suspect: marked replies that were published or resold "
            "carry their mark along, and whoever has enough of them can imitate it on purpose."
        ),
        (
            "Anything about campaigns whose key was not tried; of several keys that were tried, each counts "
            "log2 of their number fewer bits."
        ),
        (
            "That no marked replies were used, where there are no bits: paraphrase, dilution and short "
            "replies hide the mark."
        ),
        "Intent.",
    )

    def __post_init__(self) -> None:
        """Refuse settings that test nothing.

        Raises:
            BadSetting: a setting is out of its range.
        """
        least = min(self.sightings, self.samples, self.max_tokens - 1)
        if not 1 <= self.fresh <= 100_000 or least < 1 or self.temperature <= 0:
            raise BadSetting(
                "keys takes 1 to 100,000 fresh keys, at least one sighting and one sample, two tokens or "
                "more and a temperature above 0"
            )

    def cautions(self, given: Given) -> tuple[Caution, ...]:
        """Refuse prompts that carry the mark themselves; warn where there are few."""
        found = []
        reader = Reader(_key_file(given))
        total = Tally(reader.watermark, [reader.file.key.secret])
        seen = Ripening(reader.watermark.width, sightings=1)
        nothing = reader.spots("")
        for prompt in given.prompts:
            total.add(seen.take(reader.spots(_said(prompt.messages)), nothing))
        if total.bits[0] >= _MARKED_BITS:
            found.append(
                Caution(
                    severity="refuse",
                    name="marked-prompts",
                    text=f"the prompts themselves carry the key's mark ({total.bits[0]:.0f} bits); a suspect "
                    "repeats what it is shown: ask prompts that hold no served text",
                )
            )
        if len(given.prompts) * self.samples < _FEW:
            found.append(
                Caution(
                    severity="warn",
                    name="few",
                    text=f"{len(given.prompts) * self.samples} answers will hardly show a mark; ask more",
                )
            )
        return tuple(found)

    def steps(self, given: Given, seed: int) -> tuple[Step, ...]:
        """Ask each prompt as often as the settings say, in an order that the seed draws."""
        if not given.prompts:
            raise BadTable("no prompts were given; name a file of prompts, of the kind the campaign asked")
        dice = np.random.default_rng(seed)
        sampling = Sampling(temperature=self.temperature, max_tokens=self.max_tokens)
        return tuple(
            Step(
                given.prompts[at].id or str(given.prompts[at].row),
                (Ask(given.prompts[at].messages, "", sampling, int(dice.integers(2**31))),),
            )
            for _ in range(self.samples)
            for at in dice.permutation(len(given.prompts))
        )

    def evidence(self, given: Given, seed: int) -> Evidence:
        """Return evidence of a wealth of 1."""
        reader = Reader(_key_file(given))
        fresh = fresh_secrets(reader.file.key, seed, self.fresh)
        return _Marks(reader, fresh, Ripening(reader.watermark.width, self.sightings))


class _Marks(Evidence):
    """Bets on the marks in a model's words."""

    def __init__(self, reader: Reader, fresh: Sequence[bytes], seen: Ripening) -> None:
        self._reader = reader
        self._fresh = fresh
        self._seen = seen
        self._key = Tally(reader.watermark, [reader.file.key.secret])

    @property
    def bits(self) -> float:
        return float(self._key.bits[0]) if self._key.count else 0.0

    def read(self, step: Step, answers: Sequence[Result], beside: Sequence[Sequence[Result]] = ()) -> Reading:  # noqa: ARG002 - it has no references
        count, surplus = self._key.count, float(self._key.surplus[0])
        for question, answer in zip(step.questions, answers, strict=True):
            if isinstance(answer, Answered):
                shown = self._reader.spots(_said(question.messages) + getattr(question, "prefix", ""))
                self._key.add(self._seen.take(self._reader.spots(answer.text), shown))
            else:
                return Reading(row=step.row, score=None, bits=self.bits, note="no answer")
        new = self._key.count - count
        if not new:
            return Reading(row=step.row, score=None, bits=self.bits, note="no spot came up often enough")
        return Reading(row=step.row, score=(float(self._key.surplus[0]) - surplus) / new, bits=self.bits)

    def facts(self) -> tuple[Fact, ...]:
        if not self._key.count:
            return ()
        mark = self._reader.watermark
        wrong, most = self._under_fresh()
        rank = 1 + int((wrong.surplus >= self._key.surplus[0]).sum())
        keys = len(self._fresh) + 1
        both = np.concatenate([self._key.bits, wrong.bits])
        by_rank = float(self._key.bits[0] + np.log2(keys) - np.logaddexp2.reduce(both))
        published = Tally(mark, [self._reader.file.key.secret, *self._fresh[:_FOR_PUBLISHED]])
        published.add(joined(self._seen.all))
        return (
            Fact("spots", float(self._key.count), "different spots of the answers that were looked up"),
            Fact("rank", float(rank), f"rank of the key among {keys:,}, 1 the most marked; a tie is lost"),
            Fact("p-of-rank", rank / keys, "exact p-value of that rank, whatever the watermark"),
            Fact(
                "bits-of-rank",
                by_rank,
                f"log2 of an e-value of the key among fresh ones, at most {np.log2(keys):.1f}; for this one "
                "look only",
            ),
            Fact("fresh-most-bits", most, f"the most bits that any fresh key had, at {_LOOKS} looks"),
            Fact("surplus-z", float(self._key.z[0]), "weighed surplus of marks in standard deviations"),
            Fact("fresh-z-spread", float(wrong.z.std()), "its standard deviation over fresh keys, near 1"),
            Fact(
                "published-z",
                float(published.z[0]),
                "z against the chance with every token counted, as published; no evidence",
            ),
            Fact(
                "published-z-spread",
                float(published.z[1:].std()),
                "its standard deviation over fresh keys; it is 1 where that z means what it says",
            ),
        )

    def _under_fresh(self) -> tuple[Tally, float]:
        """Bet on fresh keys too: each is a control that cost no question.

        Returns:
            their tally in the end, and the most bits that any of them had at one of some looks.
        """
        tally, most = Tally(self._reader.watermark, self._fresh), 0.0
        ripe = self._seen.ripe
        for look in range(_LOOKS):
            tally.add(joined(ripe[len(ripe) * look // _LOOKS : len(ripe) * (look + 1) // _LOOKS]))
            most = max(most, float(tally.bits.max()))
        return tally, most


def _key_file(given: Given) -> Path:
    if given.key_file is None:
        raise BadSetting("keys needs the campaign's key file; say --key-file campaign-7.key")
    return given.key_file


def _said(messages: Sequence[Message]) -> str:
    return "\n".join(message.content for message in messages)
