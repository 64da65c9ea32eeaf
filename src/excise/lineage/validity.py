"""What refuses a test, or warns about it, before anyone is asked.

The test of twins rests on one thing: which of the replies was served could as well have been another. Each
check here is one way in which that fails, and looks at texts and parameters only.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
from msgspec import Struct

from excise.lineage.betting import ChoiceBet, Purse
from excise.lineage.pairs import Pair
from excise.lineage.replies import Reply, Sampling
from excise.lineage.words import words

REFUSED_BITS = 10.0
"""Texts alone that tell served from twin with this much evidence: one in a thousand, were all well."""

_WARNED_BITS = 5.0
_MOST_ROWS = 20
_FEW = 50


class Caution(Struct, frozen=True, kw_only=True):
    """Something that speaks against running a test, or against relying on it.

    Attributes:
        severity: ``refuse`` where bits would mean nothing, ``warn`` where a reader has to know.
        name: a word for it, such as ``other-version``.
        text: what is wrong, and the way out.
        rows: the rows of the served file at fault; the first of them, where there are many.
    """

    severity: Literal["refuse", "warn"]
    name: str
    text: str
    rows: tuple[int, ...] = ()


def cautions(pairs: Sequence[Pair], seed: int) -> tuple[Caution, ...]:
    """Return all that speaks against a test of these pairs; ``seed`` draws the order of ``told_apart``."""
    found = (
        other_version(pairs),
        other_sampling(pairs),
        seeded_alike(pairs),
        deterministic(pairs),
        published(pairs),
        duplicated(pairs),
        few(pairs),
        told_apart(pairs, seed),
    )
    return tuple(caution for caution in found if caution is not None)


def usable(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """Leave out what must not be asked: text that is published, and a prompt that was there before.

    Both look at the prompt or at what is said of both sides alike, so that neither side is favored.
    """
    seen: set[object] = set()
    kept = []
    for pair in pairs:
        if pair.served.messages not in seen and not _published(pair):
            kept.append(pair)
        seen.add(pair.served.messages)
    return tuple(kept)


def other_version(pairs: Sequence[Pair]) -> Caution | None:
    """Twins have to come from the very model that served: another version writes otherwise."""

    def who(reply: Reply) -> tuple[str, str]:
        return reply.model, reply.model_version

    rows = [p.served.row for p in pairs if any(who(twin) != who(p.served) for twin in p.twins)]
    if rows:
        return _caution(
            "refuse",
            "other-version",
            "{n} twins come from another model or model version than the reply that was served; "
            "draw them again from the version that served",
            rows,
        )
    unsaid = [pair.served.row for pair in pairs if not all(who(pair.served))]
    return _caution(
        "warn",
        "version-not-said",
        "'model' or 'model_version' is missing for {n} replies: that their twins come from the version that "
        "served is then the word of whoever drew them",
        unsaid,
    )


def other_sampling(pairs: Sequence[Pair]) -> Caution | None:
    """Twins have to be drawn as the served reply was; only the seed is another."""
    rows = [p.served.row for p in pairs if any(_drawn(twin) != _drawn(p.served) for twin in p.twins)]
    if rows:
        first = next(p for p in pairs if p.served.row == rows[0])
        twin = next(twin for twin in first.twins if _drawn(twin) != _drawn(first.served))
        names = [
            name
            for name in Sampling.__struct_fields__
            if name != "seed" and getattr(twin.parameters, name) != getattr(first.served.parameters, name)
        ]
        return _caution(
            "refuse",
            "other-sampling",
            f"{{n}} twins were drawn with other parameters (in the first: {', '.join(names)}); draw them "
            "with those under which the reply was served",
            rows,
        )
    unsaid = [pair.served.row for pair in pairs if _drawn(pair.served) == Sampling()]
    return _caution(
        "warn",
        "sampling-not-said",
        "'parameters' are missing for {n} replies: that their twins were drawn with the same is then the "
        "word of whoever drew them",
        unsaid,
    )


def seeded_alike(pairs: Sequence[Pair]) -> Caution | None:
    """A twin that was drawn with the served reply's seed is a copy of it, or one that nearly is."""
    rows = [
        pair.served.row
        for pair in pairs
        if len({s for r in (pair.served, *pair.twins) if (s := r.parameters.seed) is not None})
        < sum(r.parameters.seed is not None for r in (pair.served, *pair.twins))
    ]
    return _caution(
        "refuse",
        "same-seed",
        "{n} twins were drawn with a seed that the served reply or another twin has; draw each with its own",
        rows,
    )


def deterministic(pairs: Sequence[Pair]) -> Caution | None:
    """A model that always says the same has no twins."""
    cold = [p.served.row for p in pairs if p.served.parameters.temperature == 0 or _one(p.served.parameters)]
    same = [p.served.row for p in pairs if len(set(p.candidates)) == 1]
    if len(cold) == len(pairs) or len(same) > 0.9 * len(pairs):
        return _caution(
            "refuse",
            "deterministic",
            "{n} replies were served at temperature 0, or their twins are the same text: there is nothing "
            "that could as well have been served. What remains are replies served at a temperature above 0, "
            "canaries, and a watermark's key",
            cold if len(cold) == len(pairs) else same,
        )
    return _caution(
        "warn",
        "no-difference",
        "{n} replies are the same text as their twins and say nothing; the others are asked",
        same,
    )


def published(pairs: Sequence[Pair]) -> Caution | None:
    """Text that stands in public may have been read there."""
    rows = [pair.served.row for pair in pairs if _published(pair)]
    return _caution(
        "refuse" if len(rows) == len(pairs) else "warn",
        "published",
        "{n} replies or twins are published: a model may have them from there. They are left out",
        rows,
    )


def duplicated(pairs: Sequence[Pair]) -> Caution | None:
    """A prompt that comes twice would count one exposure twice."""
    seen: set[object] = set()
    rows = []
    for pair in pairs:
        if pair.served.messages in seen:
            rows.append(pair.served.row)
        seen.add(pair.served.messages)
    return _caution(
        "warn",
        "duplicated-prompts",
        "{n} replies have a prompt that an earlier one has; only the first of each is asked",
        rows,
    )


def few(pairs: Sequence[Pair]) -> Caution | None:
    """Few pairs can hardly show anything."""
    if len(pairs) >= _FEW:
        return None
    return Caution(
        severity="warn",
        name="few",
        text=f"{len(pairs)} replies have twins; below {_FEW} even a student of all of them hardly shows",
    )


def told_apart(pairs: Sequence[Pair], seed: int) -> Caution | None:
    """Bet on which reply was served from the texts alone: nobody should be able to win.

    Who wins shows that the twins are not what could as well have been served: another cut-off, another
    version, a choice of what to serve by its content (moderation, best of several). The features are
    lengths, how a text ends, its make-up, and words that the served ones had more often so far.
    """
    bits = text_bits(pairs, seed)
    if bits < _WARNED_BITS:
        return None
    refused = bits >= REFUSED_BITS
    return Caution(
        severity="refuse" if refused else "warn",
        name="told-apart",
        text=(
            f"the texts alone tell what was served from its twins ({bits:.1f} bits, no suspect asked): the "
            "twins differ in length, ending or words, or what was served was chosen by its content. "
            + ("Draw the twins as the replies were served" if refused else "Look at the controls with care")
        ),
    )


def text_bits(pairs: Sequence[Pair], seed: int) -> float:
    """Return the most evidence that a bet on the texts alone ever reached, in bits."""
    purse = Purse([ChoiceBet([0]), ChoiceBet(range(_FEATURES - 1)), ChoiceBet([_FEATURES - 1])])
    more: defaultdict[str, float] = defaultdict(float)
    less: defaultdict[str, float] = defaultdict(float)
    most = 0.0
    order = np.random.default_rng(seed).permutation(len(pairs))
    for at in order:
        texts = pairs[at].candidates
        if len(set(texts)) == 1:
            continue
        said = [set(words(text)) for text in texts]
        lean = [sum(math.log((more.get(w, 0) + 1) / (less.get(w, 0) + 1)) for w in one) for one in said]
        rows = [[*_text_features(text), x] for text, x in zip(texts, lean, strict=True)]
        purse.bet(np.array(rows)[:, :, None])
        most = max(most, float(purse.bits[0]))
        for word in said[0]:
            more[word] += 1
        for word in (word for one in said[1:] for word in one):
            less[word] += 1 / (len(texts) - 1)
    return most


_FEATURES = 7


def _text_features(text: str) -> list[float]:
    size = max(len(text), 1)
    return [
        float(np.log(size)),
        float(text.rstrip()[-1:] in ".!?)\"'`}]>。"),
        sum(c.isdigit() for c in text) / size,
        sum(c.isupper() for c in text) / size,
        text.count("\n") / size,
        len(set(words(text))) / size,
    ]


def _drawn(reply: Reply) -> Sampling:
    said = {name: getattr(reply.parameters, name) for name in Sampling.__struct_fields__ if name != "seed"}
    return Sampling(**said)


def _one(parameters: Sampling) -> bool:
    return parameters.top_k == 1 or parameters.top_p == 0


def _published(pair: Pair) -> bool:
    return any(reply.published for reply in (pair.served, *pair.twins))


def _caution(
    severity: Literal["refuse", "warn"], name: str, text: str, rows: Iterable[int]
) -> Caution | None:
    found = sorted(rows)
    if not found:
        return None
    return Caution(
        severity=severity,
        name=name,
        text=text.replace("{n}", f"{len(found):,}"),
        rows=tuple(found[:_MOST_ROWS]),
    )
