from collections import Counter

import msgspec
import pytest

from excise.countermeasures.changes import change


@pytest.fixture
def canary():
    return change("canary")


def test_the_sentence_is_the_keys_and_the_replys(canary, key, other_key):
    said = {
        canary.sentence(who, reply, draw) for who in (key, other_key) for reply in "ab" for draw in range(50)
    }
    assert len(said) == 200
    assert canary.sentence(key, "a") == canary.sentence(key, "a", 0)
    assert all(one.startswith("For illustration, a made-up entry: ") for one in said)


def test_planted_and_drawn_are_alike(canary, key):
    """First letters of 2,000 of each: chi-square of 15, below 45 but for 1 in 10,000."""
    counts = [
        Counter(canary.sentence(key, f"r-{n}", draw).removeprefix(canary.lead)[1] for n in range(2_000))
        for draw in (0, 7)
    ]
    letters = sorted(counts[0] | counts[1])
    assert len(letters) == 16
    chi = sum((counts[0][x] - counts[1][x]) ** 2 / (counts[0][x] + counts[1][x]) for x in letters)
    assert chi < 45


def test_a_reply_ends_with_it(canary, key):
    raw = msgspec.json.encode(
        {"choices": [{"message": {"content": "Rust is an oxide."}}, {"message": {"content": None}}]}
    )
    edited = canary.edit(raw, key=key, reply="r-1")
    choices = msgspec.json.decode(edited.body)["choices"]
    assert edited.changed == 1
    assert choices[0]["message"]["content"] == "Rust is an oxide. " + canary.sentence(key, "r-1")
    assert choices[1]["message"]["content"] is None


def test_a_completion_and_a_stream_end_with_it(canary, key):
    sentence = canary.sentence(key, "r-1")
    raw = b'{"choices": [{"text": "An oxide."}]}'
    assert msgspec.json.decode(canary.edit(raw, key=key, reply="r-1").body) == {
        "choices": [{"text": f"An oxide. {sentence}"}]
    }
    piece = b'data: {"choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n'
    end = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    edited = canary.edit(piece % b"An " + piece % b"oxide." + end, key=key, reply="r-1")
    assert edited.changed == 1
    assert edited.body == piece % b"An " + piece % f"oxide. {sentence}".encode() + end


@pytest.mark.parametrize(
    "raw",
    [
        b'{"choices": [{"message": {"content": "", "tool_calls": []}}]}',
        b'{"object": "list"}',
        b'data: {"choices":[{"index":0,"delta":{"tool_calls":[]}}]}\n\n',
    ],
)
def test_a_reply_without_words_is_left_as_it_was(canary, key, raw):
    edited = canary.edit(raw, key=key, reply="r-1")
    assert (edited.body, edited.changed) == (raw, 0)
