"""An Exchange becomes an Observation: past this file there are no words."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from msgspec import Struct

from excise.ingest.exchange import Exchange, Turn
from excise.observation.cues import cue_bits
from excise.observation.keyed import KeyedHash
from excise.observation.schema import SCHEMA
from excise.observation.sketches import LONGEST_CHARACTERS, Sketches, words_of

_CLIENT_CHARACTERS = 120
_NAME_CHARACTERS = 512
_SYSTEMS_REMEMBERED = 4096
_RARER_LETTERS = 5
_MOST_FOLLOWED = 400
_INT16, _INT32 = 2**15 - 1, 2**31 - 1


class _System(Struct, frozen=True):
    """What is kept of one system prompt."""

    hash: int
    words: int
    fragments: list[int]
    cues: int


class _Words(Struct, frozen=True):
    """What is kept of the words of one exchange, but for the sketches made of a whole batch at once."""

    system: _System | None
    context: int | None
    prompt: int | None
    prompt_words: list[str]
    follows: float | None
    cues: int


class Observer:
    """Turns Exchanges into rows of the observation table.

    Args:
        key: the secret bytes of one deployment key, 32 bytes.
        source: where the records come from; with the record id it identifies an exchange.
        account_field: which Exchange field is the account: ``api_key``, ``user``, ``organization`` or
            ``end_user``.

    >>> observer = Observer(bytes(32), "litellm", "user")
    >>> row = observer.observe([Exchange(record_id="1", started_at_s=0.0, user="acct_1")])
    >>> row.column("account").to_pylist(), row.column("prompt").to_pylist()
    (['acct_1'], [None])
    """

    def __init__(self, key: bytes, source: str, account_field: str) -> None:
        def derived(purpose: str) -> bytes:
            return hashlib.blake2b(purpose.encode(), key=key, digest_size=32).digest()

        self._source = source
        self._account_field = account_field
        self._record = hashlib.blake2b(digest_size=16, key=derived("record"))
        self._record.update(source.encode() + b"\0")
        self._name = KeyedHash(derived("name"))
        self._text = KeyedHash(derived("text"))
        self._sketches = Sketches(derived("sketch"))
        self._systems: dict[int, _System] = {}

    def observe(self, exchanges: Sequence[Exchange]) -> pa.RecordBatch:
        """Return one row an exchange, in the order given; without an account it has a null there."""
        words = [self._words(exchange) for exchange in exchanges]
        columns = {**self._who(exchanges), **self._how(exchanges), **self._what(exchanges, words)}
        return pa.RecordBatch.from_arrays(
            [_array(columns[field.name], field.type) for field in SCHEMA], schema=SCHEMA
        )

    def _who(self, exchanges: Sequence[Exchange]) -> dict[str, object]:
        name = self._name.of
        records = []
        for exchange in exchanges:
            state = self._record.copy()
            state.update(exchange.record_id.encode("utf-8", "surrogatepass"))
            records.append(state.digest())
        return {
            "record": records,
            "source": [self._source] * len(exchanges),
            "account": [_name(getattr(e, self._account_field)) for e in exchanges],
            "credential": [None if e.api_key is None else name(e.api_key) for e in exchanges],
            "organization": [_name(e.organization or e.team) for e in exchanges],
            "end_user": [_name(e.end_user) for e in exchanges],
            "session": [None if e.session is None else name(e.session) for e in exchanges],
            "address": [_name(e.address) for e in exchanges],
            "client": [
                None if e.user_agent is None else e.user_agent[:_CLIENT_CHARACTERS] for e in exchanges
            ],
            "tls": [_name(e.tls) for e in exchanges],
        }

    def _how(self, exchanges: Sequence[Exchange]) -> dict[str, object]:
        asked = [e.parameters for e in exchanges]
        return {
            "started_at": np.array([round(e.started_at_s * 1e6) for e in exchanges], dtype="int64"),
            "duration_ms": [_milliseconds(e.started_at_s, e.ended_at_s) for e in exchanges],
            "first_token_ms": [_milliseconds(e.started_at_s, e.first_token_at_s) for e in exchanges],
            "operation": [_name(e.operation) for e in exchanges],
            "provider": [_name(e.provider) for e in exchanges],
            "model": [_name(e.model) for e in exchanges],
            "stream": [e.stream for e in exchanges],
            "outcome": [e.outcome for e in exchanges],
            "finish_reason": [_name(e.finish_reason) for e in exchanges],
            "error": [_name(e.error) for e in exchanges],
            "temperature": [p.temperature for p in asked],
            "top_p": [p.top_p for p in asked],
            "n": [_at_most(p.n, _INT16) for p in asked],
            "max_tokens": [_at_most(p.max_tokens, _INT32) for p in asked],
            "seeded": [p.seed is not None for p in asked],
            "logprobs": [_at_most(p.logprobs, _INT16) for p in asked],
            "response_format": [_name(p.response_format) for p in asked],
            "reasoning": [_name(p.reasoning) for p in asked],
            "stops": [_at_most(p.stops, _INT16) for p in asked],
            "tools": [None if p.tools is None else self._text.of(p.tools) for p in asked],
            "tool_count": [_at_most(p.tool_count, _INT16) for p in asked],
            "tokens_in": [_at_most(e.tokens_in, _INT32) for e in exchanges],
            "tokens_out": [_at_most(e.tokens_out, _INT32) for e in exchanges],
            "tokens_reasoning": [_at_most(e.tokens_reasoning, _INT32) for e in exchanges],
            "tokens_cached": [_at_most(e.tokens_cached, _INT32) for e in exchanges],
            "cost_usd": [e.cost_usd for e in exchanges],
            "truncated": [e.truncated for e in exchanges],
            "redacted": [e.redacted for e in exchanges],
            "sampling_rate": [e.sampling_rate for e in exchanges],
        }

    def _what(self, exchanges: Sequence[Exchange], words: Sequence[_Words]) -> dict[str, object]:
        flat, offsets = self._sketches.hashes([w.prompt_words for w in words])
        opening, closing = self._sketches.ends(flat, offsets)
        systems = [w.system for w in words]
        replies = [None if e.reply is None else e.reply[:LONGEST_CHARACTERS] for e in exchanges]
        return {
            "turns": [None if e.turns is None else _at_most(len(e.turns), _INT16) for e in exchanges],
            "system": [s and s.hash for s in systems],
            "system_words": [s and s.words for s in systems],
            "system_fragments": [s and s.fragments for s in systems],
            "prompt": [w.prompt for w in words],
            "prompt_words": [None if w.prompt is None else len(w.prompt_words) for w in words],
            "opening": opening,
            "closing": closing,
            "fragments": self._sketches.fragments(flat, offsets),
            "minhash": self._sketches.minhash(flat, offsets),
            "context": [w.context for w in words],
            "follows": [w.follows for w in words],
            "cues": [w.cues for w in words],
            "reply": [None if reply is None else self._text.of(reply) for reply in replies],
            "reply_words": [None if reply is None else reply.count(" ") + 1 for reply in replies],
            "signature": [self._name.of(e.signatures[-1]) if e.signatures else None for e in exchanges],
        }

    def _words(self, exchange: Exchange) -> _Words:
        """Split a request into its new words (system prompt, last user turn) and its history."""
        turns = exchange.turns
        if turns is None:
            return _Words(None, None, None, [], None, 0)
        system_text = "\n".join(turn.text for turn in turns if turn.role == "system")
        system = self._system(system_text) if system_text else None
        last = max((at for at, turn in enumerate(turns) if turn.role == "user"), default=None)
        if last is None:
            return _Words(system, None, None, [], None, system.cues if system else 0)
        text = turns[last].text
        before = [turn for turn in turns[:last] if turn.role != "system"]
        words = words_of(text)
        cues = cue_bits(text[:LONGEST_CHARACTERS].lower(), words) | (system.cues if system else 0)
        context = (
            self._text.of_all([part for turn in before for part in (turn.role, turn.text)])
            if before
            else None
        )
        return _Words(
            system, context, self._text.of(_folded(text, words)), words, _follows(words, before), cues
        )

    def _system(self, text: str) -> _System:
        """Describe a system prompt, remembered because most requests of an application carry the same one."""
        raw = self._text.of(text)
        found = self._systems.get(raw)
        if found is None:
            words = words_of(text)
            flat, offsets = self._sketches.hashes([words])
            fragments = self._sketches.fragments(flat, offsets, 8).to_pylist()[0]
            if len(self._systems) >= _SYSTEMS_REMEMBERED:
                self._systems.clear()
            found = _System(
                self._text.of(_folded(text, words)),
                len(words),
                fragments,
                cue_bits(text[:LONGEST_CHARACTERS].lower(), words),
            )
            self._systems[raw] = found
        return found


def _folded(text: str, words: list[str]) -> str:
    """Return what is hashed of a text: its words, as case, layout and punctuation hide what is equal."""
    return " ".join(words) if words else text


def _follows(words: list[str], before: Sequence[Turn]) -> float | None:
    """Return which share of a turn's rarer words stood in the reply before it, in steps of 1/64.

    People answer to what they were told; a script that plays prepared turns does not.
    """
    replies = [turn.text for turn in before if turn.role == "assistant"]
    if not replies:
        return None
    rarer = {word for word in words[:_MOST_FOLLOWED] if len(word) >= _RARER_LETTERS}
    if not rarer:
        return None
    return round(64 * len(rarer.intersection(words_of(replies[-1]))) / len(rarer)) / 64


def _name(value: str | None) -> str | None:
    """Cut a name that a log holds, and replace what no encoding can write."""
    if value is None:
        return None
    return value[:_NAME_CHARACTERS].encode("utf-8", "replace").decode()


def _milliseconds(start_s: float, end_s: float | None) -> int | None:
    if end_s is None or end_s < start_s:
        return None
    return min(round((end_s - start_s) * 1000), _INT32)


def _at_most(value: int | None, most: int) -> int | None:
    return None if value is None else max(-most, min(value, most))


def _array(values: object, type_: pa.DataType) -> pa.Array:
    if isinstance(values, pa.Array):
        return values.cast(type_)
    if isinstance(values, np.ndarray):
        return pa.array(values).cast(pa.timestamp("us")).cast(type_)
    return pa.array(values, type=type_)
