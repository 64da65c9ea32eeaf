import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from excise.errors import BadSetting
from excise.lineage.opening import open_suspect
from excise.lineage.replies import Message, Sampling
from excise.lineage.suspects import Access, Answered, Ask, Asked, NoAnswer, Scored, SuspectSilent, Terms
from excise.lineage.suspects.openai import WAYS

ASK = (Message("user", "the quick brown fox"),)
REPLY = "jumps over naïve cafés"


@pytest.fixture
def opened() -> Iterator[Callable[..., Any]]:
    made = []

    def open_it(endpoint: Any, **terms: Any) -> Any:
        made.append(open_suspect(endpoint.name(), Terms(**{"timeout_s": 5.0, "tries": 2, **terms})))
        return made[-1]

    yield open_it
    for suspect in made:
        suspect.close()


@pytest.mark.parametrize("way", WAYS[:3])
def test_each_way_gives_the_likelihoods_of_the_model(endpoint, tiny_model, way, opened):
    endpoint.ways = {way, "chat"}
    suspect = opened(endpoint)
    assert suspect.way == way
    assert suspect.access == {Access.LOG_PROBABILITIES, Access.TEXT}
    asked = [Asked(ASK, REPLY), Asked(ASK, "naïve"), Asked(ASK, "ha ha ha"), Asked(ASK, "é")]
    for found, expected in zip(
        suspect.token_log_likelihoods(asked),
        open_suspect(f"hf:{tiny_model}").token_log_likelihoods(asked),
        strict=True,
    ):
        assert "".join(found.tokens) == "".join(expected.tokens)
        assert found.nats == pytest.approx(expected.nats, abs=1e-4)


@pytest.mark.parametrize("way", WAYS[3:])
def test_what_gives_text_only_is_asked_for_text_only(endpoint, way, opened):
    endpoint.ways = {way}
    suspect = opened(endpoint)
    assert (suspect.way, suspect.access) == (way, {Access.TEXT})
    with pytest.raises(SuspectSilent, match="it gives text only"):
        suspect.token_log_likelihoods([Asked(ASK, REPLY)])
    (said,) = suspect.answers([Ask(ASK, sampling=Sampling(max_tokens=5), seed=3)])
    assert said.text == endpoint.continued("the quick brown fox\n\n", 5, 3)


@pytest.mark.parametrize("way", ["chat", "completions"])
def test_a_prefix_is_continued(endpoint, way, opened):
    endpoint.ways = {way}
    (said,) = opened(endpoint).answers([Ask(ASK, "jumps over", Sampling(max_tokens=5), 4)])
    assert said.text == endpoint.continued("the quick brown fox\n\njumps over", 5, 4)


def test_finding_out_costs_little_and_happens_once(endpoint, opened):
    endpoint.ways = {"completions"}
    suspect = opened(endpoint)
    suspect.answers([Ask(ASK, sampling=Sampling(max_tokens=2))] * 3)
    assert len(endpoint.asked) == len(WAYS) + 3
    assert all(body["max_tokens"] <= 4 for _, body in endpoint.asked)
    again = opened(endpoint).go_this_way("completions")
    assert again.access == {Access.TEXT}
    assert len(endpoint.asked) == len(WAYS) + 3


def test_a_way_may_be_said(endpoint, opened):
    assert opened(endpoint, way="echo").access == {Access.TEXT, Access.LOG_PROBABILITIES}
    assert endpoint.asked == []
    with pytest.raises(BadSetting, match="no way 'telepathy'"):
        opened(endpoint, way="telepathy")
    with pytest.raises(SuspectSilent, match="does not know"):
        opened(endpoint).go_this_way("telepathy")


@pytest.mark.parametrize("where", ["localhost:8000#m", "http://localhost:8000/v1", "ftp://x#m"])
def test_an_address_without_its_parts_is_refused(where):
    with pytest.raises(BadSetting, match="say the base URL and the model"):
        open_suspect(f"openai:{where}")


def first(choice: str, change: Any) -> Any:
    def lie(reply: dict[str, Any]) -> dict[str, Any]:
        reply["choices"][0][choice] = change(reply["choices"][0].get(choice))
        return reply

    return lie


LIES = {
    "no choices": lambda reply: {**reply, "choices": []},
    "no log-probabilities": first("logprobs", lambda _: None),
    "a shape of its own": first("logprobs", lambda _: {"content": 5, "tokens": {"a": 1}}),
    "fewer numbers than tokens": first(
        "logprobs", lambda v: {**v, "token_logprobs": v["token_logprobs"][:-2]}
    ),
    "fewer tokens": first("logprobs", lambda v: {k: x[:-3] for k, x in v.items()}),
    "other tokens": first("logprobs", lambda v: {**v, "tokens": ["fox"] * len(v["tokens"])}),
    "the last token twice": first("logprobs", lambda v: {k: [*x, x[-1], x[-1]] for k, x in v.items()}),
    "no numbers": first("logprobs", lambda v: {**v, "token_logprobs": [None] * len(v["tokens"])}),
    "numbers above 0": first("logprobs", lambda v: {**v, "token_logprobs": [3.5] * len(v["tokens"])}),
    "endless numbers": first("logprobs", lambda v: {**v, "token_logprobs": [-1e999] * len(v["tokens"])}),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=list(LIES))
def test_lies_get_no_bits(endpoint, lie, opened):
    suspect = opened(endpoint, way="echo")
    endpoint.lie = lie
    (found,) = suspect.token_log_likelihoods([Asked(ASK, REPLY)])
    assert isinstance(found, NoAnswer)
    assert found.lasting
    assert found.why


def test_its_count_of_tokens_is_not_believed(endpoint, opened):
    suspect = opened(endpoint, way="echo")
    (honest,) = suspect.token_log_likelihoods([Asked(ASK, REPLY)])
    endpoint.lie = lambda reply: {**reply, "usage": {"prompt_tokens": 10**9, "completion_tokens": -4}}
    assert suspect.token_log_likelihoods([Asked(ASK, REPLY)]) == [honest]


BODIES = {
    "empty": b"",
    "broken": b'{"choices": [',
    "not JSON": b"<html>busy</html>",
    "not UTF-8": b'{"choices": [{"text": "\xff\xfe"}]}',
    "another shape": b'{"choices": "none"}',
    "NaN": b'{"choices": [{"text": NaN}]}',
    "deep": b"[" * 100_000,
    "an empty text": b'{"choices": [{"text": ""}]}',
    "a null text": b'{"choices": [{"text": null}]}',
    "a list": b"[]",
    "more than was asked for": b'{"choices": [{"text": "' + b"a" * 20_000 + b'"}]}',
    "huge": b'{"choices": [{"text": "' + b"a" * 2_000_000 + b'"}]}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_replies_that_are_none_are_asked_for_once(endpoint, body, opened):
    suspect = opened(endpoint, way="completions", most_reply_bytes=1_000_000)
    endpoint.trouble = lambda *_: ("body", body)
    (found,) = suspect.answers([Ask(ASK, sampling=Sampling(max_tokens=9))])
    assert isinstance(found, NoAnswer)
    assert found.lasting
    assert len(endpoint.asked) == 1


def test_a_key_is_sent_and_asked_for(endpoint, monkeypatch, opened):
    endpoint.key = "sk-test"
    with pytest.raises(SuspectSilent, match="answers 401: put its key into the environment variable MY_KEY"):
        opened(endpoint, key_variable="MY_KEY").answers([Ask(ASK)])
    monkeypatch.setenv("MY_KEY", "sk-test")
    (said,) = opened(endpoint, key_variable="MY_KEY").answers([Ask(ASK, sampling=Sampling(max_tokens=2))])
    assert isinstance(said, Answered)


def test_what_cannot_be_reached_says_so():
    suspect = open_suspect("openai:http://127.0.0.1:9/v1#m", Terms(tries=1))
    with pytest.raises(SuspectSilent, match=r"cannot be asked: the connection failed .*Check the address"):
        suspect.access  # noqa: B018 - finding out is the point
    suspect.close()


def test_likelihoods_that_are_rounded_above_zero_are_zero(endpoint, opened):
    suspect = opened(endpoint, way="echo")
    endpoint.lie = first(
        "logprobs", lambda v: {**v, "token_logprobs": [None, *[1e-5] * (len(v["tokens"]) - 1)]}
    )
    (found,) = suspect.token_log_likelihoods([Asked(ASK, REPLY)])
    assert isinstance(found, Scored)
    assert set(found.nats) == {0.0}
    assert all(math.isfinite(nat) for nat in found.nats)


def test_all_parameters_are_sent_and_none_is_made_up(endpoint, opened):
    sampling = Sampling(
        temperature=0.5, top_p=0.9, top_k=7, max_tokens=3, min_p=0.1, more='{"stop":["x"],"model":"other"}'
    )
    opened(endpoint, way="completions").answers([Ask(ASK, "ju", sampling, 4)])
    ((_, body),) = endpoint.asked
    assert body == {
        "model": "tiny",
        "prompt": "the quick brown fox\n\nju",
        "max_tokens": 3,
        "temperature": 0.5,
        "top_p": 0.9,
        "top_k": 7,
        "min_p": 0.1,
        "seed": 4,
        "stop": ["x"],
    }
