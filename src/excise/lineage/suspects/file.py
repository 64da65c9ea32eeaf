"""``file:ANSWERS.jsonl``: answers that somebody collected before, for models that cannot be asked from here.

One object a line. ``{"messages": [...], "prefix": "", "seed": 0, "answer": "..."}`` is what the model said;
``{"messages": [...], "reply": "...", "tokens": [...], "nats": [...]}`` is how likely it finds a reply. A
plain ``"prompt": "..."`` may stand for one user message. ``queries.jsonl`` of an earlier finding is read too,
so that anyone can compute its bits again; ``file:queries.jsonl#SUSPECT`` takes the answers of one of those
that were asked.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec import Struct

from excise.errors import BadTable
from excise.lineage.entries import Entry, Line
from excise.lineage.replies import Message
from excise.lineage.suspects import Access, Answered, Ask, Asked, NoAnswer, Scored, Suspect
from excise.observation.canonical import sha256_of

_MOST_LINE_BYTES = 32_000_000


class _Row(Struct, frozen=True, kw_only=True):
    """A line as people write it."""

    prompt: str | None = None
    messages: tuple[Message, ...] | None = None
    prefix: str = ""
    seed: int | None = None
    answer: str | None = None
    reply: str | None = None
    tokens: tuple[str, ...] = ()
    nats: tuple[float, ...] = ()


class _Held(Struct):
    """What a file holds: likelihoods by question; answers by seed, and those without one in their order."""

    scores: dict[Asked, Scored]
    seeded: dict[tuple[tuple[Message, ...], str, int], Answered]
    others: defaultdict[tuple[tuple[Message, ...], str], list[Answered]]


class Collected(Suspect):
    """Answers in a file. Questions that it does not hold get none."""

    scheme = "file:ANSWERS.jsonl"
    per_call = 256

    @property
    def identity(self) -> str:
        """The hash of the file."""
        return f"sha256:{sha256_of(Path(self.where.partition('#')[0]))}"

    @property
    def access(self) -> frozenset[Access]:
        """What kinds of answers the file holds."""
        held = self._held
        kinds = set()
        if held.scores:
            kinds.add(Access.LOG_PROBABILITIES)
        if held.seeded or held.others:
            kinds.add(Access.TEXT)
        return frozenset(kinds)

    def token_log_likelihoods(self, asked: Sequence[Asked]) -> list[Scored | NoAnswer]:
        """Look the replies up."""
        scores = self._held.scores
        return [scores.get(one) or NoAnswer(f"{self.where} does not hold it") for one in asked]

    def answers(self, asked: Sequence[Ask]) -> list[Answered | NoAnswer]:
        """Look the answers up: by seed where the file has seeds, else the first, second, ... of them."""
        held = self._held
        found: list[Answered | NoAnswer] = []
        for one in asked:
            known = held.seeded.get((one.messages, one.prefix, one.seed))
            if known is None:
                known = self._next(one)
            found.append(known or NoAnswer(f"{self.where} does not hold it"))
        return found

    def _next(self, one: Ask) -> Answered | None:
        """Give each new seed of a question the next of the answers that have none."""
        others = self._held.others.get((one.messages, one.prefix))
        if not others:
            return None
        answered = others.pop(0)
        self._held.seeded[one.messages, one.prefix, one.seed] = answered
        return answered

    @cached_property
    def _held(self) -> _Held:
        held = _Held({}, {}, defaultdict(list))
        where, _, whose = self.where.partition("#")
        path = Path(where)
        seen: set[str] = set()
        entries = msgspec.json.Decoder(Line)
        rows = msgspec.json.Decoder(_Row)
        with path.open("rb") as lines:
            for number, line in enumerate(iter(lambda: lines.readline(_MOST_LINE_BYTES), b""), 1):
                if not line.strip():
                    continue
                try:
                    if line.startswith(b'{"type":'):
                        entry = entries.decode(line)
                        if isinstance(entry, Entry) and entry.suspect == (whose or entry.suspect):
                            seen.add(entry.suspect)
                            _keep_entry(held, entry)
                    else:
                        _keep_row(held, rows.decode(line))
                except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
                    raise BadTable(
                        f"{path}:{number}: {error}; a line is an object with messages (or prompt) and either "
                        "answer, or reply with tokens and nats"
                    ) from None
        if len(seen) > 1:
            raise BadTable(
                f"{path} holds answers of {', '.join(sorted(seen))}; say whose: file:{path}#{min(seen)}"
            )
        return held


def _keep_entry(held: _Held, entry: Entry) -> None:
    if isinstance(entry.question, Asked) and isinstance(entry.result, Scored):
        held.scores[entry.question] = entry.result
    if isinstance(entry.question, Ask) and isinstance(entry.result, Answered):
        question = entry.question
        held.seeded[question.messages, question.prefix, question.seed] = entry.result


def _keep_row(held: _Held, row: _Row) -> None:
    messages = row.messages
    if messages is None:
        if row.prompt is None:
            raise ValueError("there is neither messages nor prompt")
        messages = (Message("user", row.prompt),)
    if row.answer is not None:
        answered = Answered(row.answer)
        if row.seed is not None:
            held.seeded[messages, row.prefix, row.seed] = answered
        else:
            held.others[messages, row.prefix].append(answered)
    elif row.reply is not None and row.tokens:
        if len(row.tokens) != len(row.nats):
            raise ValueError(f"{len(row.tokens)} tokens and {len(row.nats)} nats")
        if "".join(row.tokens) != row.reply:
            raise ValueError("the tokens, joined, are not the reply")
        if not all(math.isfinite(nat) and nat <= 0 for nat in row.nats):
            raise ValueError("nats holds what is no log-likelihood: each is finite and at most 0")
        held.scores[Asked(messages, row.reply)] = Scored(row.tokens, row.nats)
    else:
        raise ValueError("there is neither an answer nor a reply with tokens and nats")
