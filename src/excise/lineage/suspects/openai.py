"""``openai:BASE_URL#MODEL``: an endpoint that speaks OpenAI's protocol, such as vLLM, or a service.

How much it shows is found out with up to five tiny questions, the most telling first. Log-likelihoods come
from vLLM's ``prompt_logprobs``, with its own chat template or without one, or from completions that echo the
prompt. Its usage figures are not read: how many tokens there are is counted from what they spell.
"""

import math
from collections.abc import Sequence
from functools import cached_property

import msgspec
from msgspec import UNSET, Struct, UnsetType

from excise.errors import BadSetting
from excise.lineage.calling import Caller, Refused
from excise.lineage.opening import rendered
from excise.lineage.replies import Message, Sampling
from excise.lineage.spelling import laid_along
from excise.lineage.suspects import (
    Access,
    Answered,
    Ask,
    Asked,
    NoAnswer,
    Scored,
    Suspect,
    SuspectSilent,
    Terms,
)

_MOST_CHARACTERS_A_TOKEN = 256
_USUAL_MAX_TOKENS = 256
_TOLERATED_NATS = 1e-3
"""Endpoints round: a log-probability may be this much above 0."""

_SAMPLING = (
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "repetition_penalty",
    "presence_penalty",
    "frequency_penalty",
)
_PROBE = Asked((Message("user", "Say: one two three"),), "one two three")
_SCORES = ("chat-prompt-logprobs", "prompt-logprobs", "echo")
WAYS = (*_SCORES, "chat", "completions")
"""How it may be asked, the most telling first. The last two give text only."""


class _Body(Struct, kw_only=True, omit_defaults=True):
    """What is sent; fields that do not apply are left out."""

    model: str
    prompt: str | UnsetType = UNSET
    messages: tuple[Message, ...] | UnsetType = UNSET
    max_tokens: int | UnsetType = UNSET
    temperature: float | UnsetType = UNSET
    top_p: float | UnsetType = UNSET
    top_k: int | UnsetType = UNSET
    min_p: float | UnsetType = UNSET
    repetition_penalty: float | UnsetType = UNSET
    presence_penalty: float | UnsetType = UNSET
    frequency_penalty: float | UnsetType = UNSET
    seed: int | UnsetType = UNSET
    echo: bool | UnsetType = UNSET
    logprobs: int | UnsetType = UNSET
    prompt_logprobs: int | UnsetType = UNSET
    add_generation_prompt: bool | UnsetType = UNSET
    continue_final_message: bool | UnsetType = UNSET


class _Spoken(Struct):
    content: str | None = None


class _Chosen(Struct):
    logprob: float
    decoded_token: str | None = None


class _Logprobs(Struct):
    tokens: list[str] = []
    token_logprobs: list[float | None] = []


_PromptLogprobs = list[dict[str, _Chosen] | None] | None


class _Choice(Struct):
    text: str | None = None
    message: _Spoken | None = None
    # Chat completions have log-probabilities of another shape, which are not asked for.
    logprobs: msgspec.Raw = msgspec.Raw(b"null")
    prompt_logprobs: _PromptLogprobs = None


class _Reply(Struct):
    choices: list[_Choice]
    prompt_logprobs: _PromptLogprobs = None


class Endpoint(Suspect):
    """A model behind an API. Each question is paid, so each answer is kept as soon as it is there."""

    scheme = "openai:BASE_URL#MODEL"

    def __init__(self, where: str, terms: Terms) -> None:
        super().__init__(where, terms)
        url, _, model = where.partition("#")
        if not url.startswith(("http://", "https://")) or not model:
            raise BadSetting(
                f"openai:{where}: say the base URL and the model, as openai:http://localhost:8000/v1#model"
            )
        if terms.way and terms.way not in WAYS:
            raise BadSetting(
                f"there is no way {terms.way!r} to ask an endpoint; say one of {', '.join(WAYS)}"
            )
        self._url, self._model = url, model
        self._known = terms.way
        self.parallel = max(terms.at_once, 1)

    @property
    def access(self) -> frozenset[Access]:
        """Text, and log-probabilities where one of the ways to get them works."""
        text = frozenset({Access.TEXT})
        return text | {Access.LOG_PROBABILITIES} if self.way in _SCORES else text

    @property
    def way(self) -> str:
        """The most telling of ``WAYS`` that works, found out when first asked for."""
        if not self._known:
            self._known = self._find_out()
        return self._known

    def go_this_way(self, way: str) -> "Endpoint":
        """Ask it as before."""
        if way not in WAYS:
            raise SuspectSilent(
                f"{self.name}: it was asked by way of {way!r}, which this version does not know"
            )
        self._known = way
        return self

    def token_log_likelihoods(self, asked: Sequence[Asked]) -> list[Scored | NoAnswer]:
        """Ask for each reply's log-probabilities, and believe those whose tokens spell the reply."""
        if self.way not in _SCORES:
            raise SuspectSilent(f"{self.name}: it gives text only; ask it with a method that needs no more")
        return [self._score(one, self.way) for one in asked]

    def answers(self, asked: Sequence[Ask]) -> list[Answered | NoAnswer]:
        """Ask what follows, in the endpoint's own template where it has one."""
        return [self._answer(one, self.way) for one in asked]

    def close(self) -> None:
        """Let go of the connections."""
        if "_caller" in vars(self):
            self._caller.close()

    # --- how it is asked ---

    @cached_property
    def _caller(self) -> Caller:
        return Caller(self._url, self.terms)

    def _find_out(self) -> str:
        why = ""
        for way in WAYS:
            found: Scored | Answered | NoAnswer
            if way in _SCORES:
                found = self._score(_PROBE, way)
            else:
                found = self._answer(Ask(_PROBE.messages, sampling=Sampling(max_tokens=4)), way)
            if not isinstance(found, NoAnswer):
                return way
            why = found.why
            if not found.lasting:
                break
        raise SuspectSilent(
            f"{self.name}: it cannot be asked: {why}. Check the address, the model's name and that it is up"
        )

    def _score(self, one: Asked, way: str) -> Scored | NoAnswer:
        body = _Body(model=self._model, max_tokens=1, temperature=0.0)
        if way == "chat-prompt-logprobs":
            body.messages = (*one.messages, Message("assistant", one.reply))
            body.add_generation_prompt, body.continue_final_message = False, True
            body.prompt_logprobs = 0
            reply = self._caller.post("/chat/completions", body, _Reply)
            return _refused(reply) or _from_prompt(reply.prompt_logprobs, one.reply)  # type: ignore[union-attr]
        before = rendered(one.messages)
        body.prompt = before + one.reply
        if way == "prompt-logprobs":
            body.prompt_logprobs = 0
            reply = self._caller.post("/completions", body, _Reply)
            return _refused(reply) or _from_prompt(reply.choices[0].prompt_logprobs, one.reply)  # type: ignore[union-attr]
        body.echo, body.logprobs = True, 1
        reply = self._caller.post("/completions", body, _Reply)
        return _refused(reply) or _from_echo(reply.choices[0].logprobs, before, one.reply)  # type: ignore[union-attr]

    def _answer(self, one: Ask, way: str) -> Answered | NoAnswer:
        asked = one.sampling
        most = asked.max_tokens or _USUAL_MAX_TOKENS
        body = _Body(model=self._model, max_tokens=most, seed=one.seed)
        for name in _SAMPLING:
            value = getattr(asked, name)
            if value is not None:
                setattr(body, name, value)
        if way.startswith("chat"):
            body.messages = one.messages
            if one.prefix:
                body.messages = (*one.messages, Message("assistant", one.prefix))
                body.add_generation_prompt, body.continue_final_message = False, True
            reply = self._caller.post("/chat/completions", _with(body, asked.more), _Reply)
        else:
            body.prompt = rendered(one.messages) + one.prefix
            reply = self._caller.post("/completions", _with(body, asked.more), _Reply)
        wrong = _refused(reply)
        if wrong is not None:
            return wrong
        assert isinstance(reply, _Reply)
        choice = reply.choices[0]
        text = choice.message.content if choice.message is not None else choice.text
        if not text:
            return NoAnswer("an empty reply")
        if len(text) > most * _MOST_CHARACTERS_A_TOKEN:
            return NoAnswer(f"it was asked for at most {most:,} tokens and sent {len(text):,} characters")
        # Some endpoints repeat the beginning that they were given.
        return Answered(text.removeprefix(one.prefix) if way.startswith("chat") else text)


def _with(body: _Body, more: str) -> dict[str, object]:
    """Return what is sent, with other parameters of the sampling; none replaces what is ours."""
    return {**msgspec.json.decode(more or "{}", type=dict[str, object]), **msgspec.to_builtins(body)}


def _refused(reply: _Reply | Refused | NoAnswer) -> NoAnswer | None:
    """Return why a reply is none, None where it is one."""
    if isinstance(reply, Refused):
        return NoAnswer(f"it answers {reply.status}: {reply.text}")
    if isinstance(reply, NoAnswer):
        return reply
    return None if reply.choices else NoAnswer("a reply without a choice")


def _from_prompt(found: _PromptLogprobs, text: str) -> Scored | NoAnswer:
    """Read vLLM's ``prompt_logprobs``: for each token of the prompt the token itself, and none beside it."""
    if not found:
        return NoAnswer("no log-probabilities of the prompt")
    tokens, nats = [], []
    for place in found:
        # The first token has none; the one that stands there comes first where there are several.
        one = next(iter(place.values())) if place else None
        tokens.append((one.decoded_token or "") if one else "")
        nats.append(one.logprob if one else None)
    return _believed(tokens, nats, text)


def _from_echo(raw: msgspec.Raw, before: str, text: str) -> Scored | NoAnswer:
    """Read completions that echo: tokens of the prompt, then possibly the one token that had to be made."""
    try:
        found = msgspec.json.decode(raw, type=_Logprobs | None)
    except msgspec.DecodeError as error:
        return NoAnswer(f"log-probabilities of an unknown shape: {error}")
    if not found or not found.tokens:
        return NoAnswer("no log-probabilities of the prompt")
    if len(found.tokens) != len(found.token_logprobs):
        return NoAnswer(
            f"it sent {len(found.tokens):,} tokens and {len(found.token_logprobs):,} log-probabilities"
        )
    for made in (1, 0):
        upto = len(found.tokens) - made
        whole = laid_along(found.tokens[:upto], before + text)
        # Only the beginning that a model puts before everything may be left over.
        if whole is not None and upto - len(whole) <= 1:
            return _believed(found.tokens[:upto], found.token_logprobs[:upto], text)
    return NoAnswer("its tokens do not spell the text that it was asked about")


def _believed(tokens: Sequence[str], nats: Sequence[float | None], text: str) -> Scored | NoAnswer:
    pieces = laid_along(tokens, text)
    if pieces is None:
        return NoAnswer("its tokens do not spell the text that it was asked about")
    mine = nats[len(nats) - len(pieces) :]
    if any(nat is None or not math.isfinite(nat) or nat > _TOLERATED_NATS for nat in mine):
        return NoAnswer("a log-probability that is missing, no number, or above 0")
    return Scored(pieces, tuple(min(nat, 0.0) for nat in mine if nat is not None))
