"""The Observation: what is kept of an exchange. Numbers, keyed hashes and sketches; no words.

Each field says what it reveals and to whom. *Anyone* is whoever reads the store; *key holder* is whoever also
has the deployment secret, and can therefore test a guess ("was this very sentence sent?") but still not read
words back.
"""

from typing import NamedTuple

import pyarrow as pa


class Field(NamedTuple):
    """One column of the observation table."""

    name: str
    type: pa.DataType
    meaning: str
    reveals: str


_NAME = pa.string()
_HASH = pa.uint64()
_CLEAR = "anyone: the value, as the provider gave it"
_KEYED = "anyone: equality within the store; key holder: whether a guessed text was sent"
_NUMBER = "anyone: the number"

FIELDS: tuple[Field, ...] = (
    Field(
        "record", pa.binary(16), "keyed hash of (source, record id); reading twice changes nothing", _KEYED
    ),
    Field("source", _NAME, "where the record came from: the format, or the name the user gave", _CLEAR),
    Field("started_at", pa.timestamp("us", tz="UTC"), "when the request arrived", _NUMBER),
    Field("duration_ms", pa.int32(), "until the reply was complete", _NUMBER),
    Field("first_token_ms", pa.int32(), "until its first token", _NUMBER),
    Field("account", _NAME, "the billing identity, picked by --account-field", _CLEAR),
    Field(
        "credential", _HASH, "which API key was used", "anyone: equality; key holder: whether a guessed key"
    ),
    Field("organization", _NAME, "the organization or team the log names", _CLEAR),
    Field("end_user", _NAME, "the account's own customer, where it says so", _CLEAR),
    Field("session", _HASH, "session, trace or conversation id", _KEYED),
    Field("address", _NAME, "the caller's network address", _CLEAR),
    Field("client", _NAME, "user agent or SDK, as sent, cut at 120 characters", _CLEAR),
    Field("tls", _NAME, "TLS fingerprint (JA4, JA3)", _CLEAR),
    Field("operation", _NAME, "chat, completion, responses, embedding, ...", _CLEAR),
    Field("provider", _NAME, "who ran the model", _CLEAR),
    Field("model", _NAME, "the model asked for", _CLEAR),
    Field("stream", pa.bool_(), "reply streamed", _NUMBER),
    Field("outcome", _NAME, "success or failure", _CLEAR),
    Field("finish_reason", _NAME, "stop, length, tool_calls, content_filter, ...", _CLEAR),
    Field("error", _NAME, "class of the error", _CLEAR),
    Field("temperature", pa.float32(), "", _NUMBER),
    Field("top_p", pa.float32(), "", _NUMBER),
    Field("n", pa.int16(), "choices asked for", _NUMBER),
    Field("max_tokens", pa.int32(), "", _NUMBER),
    Field("seeded", pa.bool_(), "a seed was given", _NUMBER),
    Field(
        "logprobs", pa.int16(), "alternatives asked for; 0 is the chosen token's alone; null is none", _NUMBER
    ),
    Field("response_format", _NAME, "type of the response format", _CLEAR),
    Field("reasoning", _NAME, "reasoning level or budget asked for", _CLEAR),
    Field("stops", pa.int16(), "stop sequences given", _NUMBER),
    Field("tools", _HASH, "the tool definitions", _KEYED),
    Field("tool_count", pa.int16(), "tools defined", _NUMBER),
    Field("tokens_in", pa.int32(), "", _NUMBER),
    Field("tokens_out", pa.int32(), "", _NUMBER),
    Field("tokens_reasoning", pa.int32(), "", _NUMBER),
    Field("tokens_cached", pa.int32(), "", _NUMBER),
    Field("cost_usd", pa.float32(), "", _NUMBER),
    Field("turns", pa.int16(), "messages in the request; null where no words were logged", _NUMBER),
    Field("system", _HASH, "the system prompt; case, layout and punctuation do not count", _KEYED),
    Field("system_words", pa.int32(), "its length in words", _NUMBER),
    Field(
        "system_fragments", pa.list_(_HASH), "up to 8 six-word runs of it, sampled alike everywhere", _KEYED
    ),
    Field("prompt", _HASH, "the last user turn; case, layout and punctuation do not count", _KEYED),
    Field("prompt_words", pa.int32(), "its length in words", _NUMBER),
    Field("opening", _HASH, "its first six words, where it has at least twelve", _KEYED),
    Field("closing", _HASH, "its last six words, where it has at least twelve", _KEYED),
    Field("fragments", pa.list_(_HASH), "up to 12 six-word runs of it, sampled alike everywhere", _KEYED),
    Field(
        "minhash", pa.list_(pa.uint32()), "the 24 least keyed word hashes of it, ascending (bottom-k)", _KEYED
    ),
    Field("context", _HASH, "all turns before the last user turn, system prompt left out", _KEYED),
    Field(
        "follows",
        pa.float32(),
        "share of the last user turn's rarer words that the reply before it holds",
        _NUMBER,
    ),
    Field("cues", pa.int32(), "bits: which kinds of request the words ask for (see cues.toml)", _NUMBER),
    Field("reply", _HASH, "the reply's first 32,768 characters; null where none was logged", _KEYED),
    Field("reply_words", pa.int32(), "its length in words", _NUMBER),
    Field("signature", _HASH, "the last replayed reasoning signature in the request", _KEYED),
    Field("truncated", pa.bool_(), "the source cut words off", _NUMBER),
    Field("redacted", pa.bool_(), "words were withheld from the log", _NUMBER),
    Field("sampling_rate", pa.float32(), "share of traffic that the log keeps", _NUMBER),
)

SCHEMA: pa.Schema = pa.schema([pa.field(f.name, f.type) for f in FIELDS])
"""The Arrow schema of the observation table, in the order of ``FIELDS``."""
