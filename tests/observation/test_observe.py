"""Exchanges become observations: what is kept, what is not, and what a key changes."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.ingest.exchange import Exchange, Parameters, Turn
from excise.observation.cues import bit_of
from excise.observation.observe import Observer
from excise.observation.schema import FIELDS, SCHEMA

KEY, OTHER = bytes(32), bytes([1]) * 32
MARKER = "zyxmarkerzyx"
TEXT = "please solve this exercise step by step and then write down every single thing that you thought about"
KEYED = [field.name for field in FIELDS if "equality" in field.reveals]


def full(record_id: str = "r1", *, words: str = TEXT) -> Exchange:
    """An exchange with something in every field."""
    return Exchange(
        record_id=record_id,
        started_at_s=1_759_708_800.25,
        ended_at_s=1_759_708_802.75,
        first_token_at_s=1_759_708_800.75,
        api_key="key-7",
        user="acct_1",
        organization="org",
        end_user="someone",
        address="198.18.0.1",
        user_agent="python/3",
        tls="t13d",
        session="s1",
        operation="chat",
        provider="us",
        model="m",
        stream=True,
        finish_reason="stop",
        error="Timeout",
        parameters=Parameters(
            temperature=0.5,
            top_p=1.0,
            n=2,
            max_tokens=9,
            seed=4,
            logprobs=0,
            response_format="json_object",
            reasoning="high",
            stops=1,
            tools=f"tools {words}",
            tool_count=3,
        ),
        tokens_in=10,
        tokens_out=20,
        tokens_reasoning=5,
        tokens_cached=1,
        cost_usd=0.5,
        turns=(
            Turn("system", f"you are an expert of {words}"),
            Turn("user", f"earlier question about {words}"),
            Turn("assistant", f"earlier answer with gravity and momentum, {words}"),
            Turn("user", f"{words} gravity momentum"),
        ),
        reply=f"the reply says {words}",
        signatures=(f"first {words}", f"last {words}"),
    )


def row(exchange: Exchange, key: bytes = KEY, source: str = "log") -> dict[str, object]:
    found: dict[str, object]
    (found,) = Observer(key, source, "user").observe([exchange]).to_pylist()
    return found


def test_every_column_can_be_filled() -> None:
    found = row(full())
    assert [name for name, value in found.items() if value is None] == []
    assert found["duration_ms"] == 2500
    assert found["first_token_ms"] == 500
    assert found["turns"] == 4
    assert found["prompt_words"] == 20
    assert found["follows"] is not None
    assert found["cues"] == bit_of("reasoning") | bit_of("persona")
    assert found["seeded"] is True
    assert found["reply_words"] == 3 + len(TEXT.split())


def test_an_exchange_that_says_nothing_makes_nulls_and_not_zeros() -> None:
    found = row(Exchange(record_id="r1", started_at_s=5.0))
    given_ = {name for name, value in found.items() if value is not None}
    assert given_ == {
        "record",
        "source",
        "started_at",
        "outcome",
        "seeded",
        "stops",
        "tool_count",
        "fragments",
        "minhash",
        "cues",
        "truncated",
        "redacted",
        "sampling_rate",
    }
    assert found["fragments"] == found["minhash"] == []


def test_no_stored_byte_holds_a_word() -> None:
    batch = Observer(KEY, "log", "user").observe([full(words=f"{TEXT} {MARKER}")])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, SCHEMA) as out:
        out.write_batch(batch)
    written = sink.getvalue().to_pybytes()
    assert MARKER.encode() not in written
    assert b"exercise" not in written
    assert b"gravity" not in written
    assert b"acct_1" in written  # the search would find it


def test_nothing_keyed_is_equal_under_another_key() -> None:
    """64-bit hashes; of the 32-bit word hashes 24 * 24 pairs, each equal once in 2^32."""
    mine, theirs = row(full()), row(full(), OTHER)
    assert len(KEYED) > 10
    for name in KEYED:
        one, other = mine[name], theirs[name]
        if isinstance(one, list):
            assert one
            assert not set(one) & set(other)  # type: ignore[call-overload]
        else:
            assert one != other, name
    assert {name: mine[name] for name in mine if name not in KEYED} == {
        name: theirs[name] for name in theirs if name not in KEYED
    }


def test_hashes_of_different_purposes_do_not_match() -> None:
    """Who sees that a session and a prompt hash alike would know that they hold the same text."""
    same = Exchange(
        record_id=TEXT,
        started_at_s=0.0,
        user="a",
        api_key=TEXT,
        session=TEXT,
        reply=TEXT,
        turns=(Turn("user", TEXT),),
        signatures=(TEXT,),
        parameters=Parameters(tools=TEXT),
    )
    found = row(same)
    names = {found["credential"], found["session"], found["signature"]}
    texts = {found["prompt"], found["reply"], found["tools"]}
    assert not names & texts
    assert len(texts) == 1  # a reply that is sent back as a prompt can be recognized


@pytest.mark.parametrize("other", [TEXT.upper(), TEXT.replace(" ", "\n\n  "), f"«{TEXT}»!?"])
def test_case_layout_and_punctuation_do_not_hide_a_prompt(other: str) -> None:
    one, two = (row(Exchange(record_id="1", started_at_s=0, turns=(Turn("user", t),))) for t in (TEXT, other))
    for name in ("prompt", "prompt_words", "opening", "closing", "fragments", "minhash"):
        assert one[name] == two[name]


def test_a_prompt_without_a_word_is_told_from_another() -> None:
    one, two = (
        row(Exchange(record_id="1", started_at_s=0, turns=(Turn("user", t),))) for t in ("???", "!!!")
    )
    assert one["prompt"] != two["prompt"]


def test_the_record_is_of_source_and_id_alone() -> None:
    assert row(full())["record"] == row(full(words="other"))["record"]
    assert row(full("r2"))["record"] != row(full())["record"]
    assert row(full(), source="elsewhere")["record"] != row(full())["record"]
    assert len(row(full())["record"]) == 16  # type: ignore[arg-type]


def test_context_is_all_that_was_said_before_but_the_system_prompt() -> None:
    def context(*turns: Turn) -> object:
        return row(Exchange(record_id="1", started_at_s=0, turns=turns))["context"]

    asked, told, more = Turn("user", "one"), Turn("assistant", "two"), Turn("user", "three")
    assert context(more) is None
    assert context(asked, told, more) == context(Turn("system", "s"), asked, told, Turn("user", "four"))
    assert context(asked, told, more) != context(told, asked, more)
    assert context(Turn("user", "on"), Turn("assistant", "etwo"), more) != context(asked, told, more)


@pytest.mark.parametrize(
    ("turn", "share"),
    [
        ("gravity momentum", 1.0),
        ("gravity unrelated", 0.5),
        ("nothing whatever", 0.0),
        ("no a of it", None),  # none of its words is rare enough to say anything
    ],
)
def test_follows_is_the_share_of_rarer_words_that_the_reply_held(turn: str, share: float | None) -> None:
    turns = (Turn("user", "hi"), Turn("assistant", "gravity gives momentum"), Turn("user", turn))
    assert row(Exchange(record_id="1", started_at_s=0, turns=turns))["follows"] == share


def test_a_first_turn_follows_nothing() -> None:
    assert row(Exchange(record_id="1", started_at_s=0, turns=(Turn("user", TEXT),)))["follows"] is None


def test_what_does_not_fit_is_cut() -> None:
    big = Exchange(
        record_id="1",
        started_at_s=10.0,
        ended_at_s=9.0,
        user="u" * 9_000,
        user_agent="a" * 9_000,
        tokens_in=2**40,
        parameters=Parameters(n=2**31 - 1, max_tokens=2**31 - 1, stops=2**20),
        model="\ud800" * 3,
        turns=(Turn("user", "w " * 10),) * 40_000,
    )
    found = row(big)
    assert found["duration_ms"] is None
    assert (found["n"], found["stops"], found["turns"]) == (2**15 - 1,) * 3
    assert found["tokens_in"] == 2**31 - 1
    assert len(found["account"]) == 512  # type: ignore[arg-type]
    assert len(found["client"]) == 120  # type: ignore[arg-type]
    assert found["model"] == "???"


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_a_row_does_not_depend_on_the_rows_beside_it(texts: list[str], shuffle) -> None:
    exchanges = [
        Exchange(
            record_id=f"{at}", started_at_s=float(at), user="a", turns=(Turn("system", t), Turn("user", t))
        )
        for at, t in enumerate(texts)
    ]
    order = list(range(len(texts)))
    shuffle.shuffle(order)
    one = Observer(KEY, "log", "user")
    together = one.observe(exchanges).to_pylist()
    assert one.observe([exchanges[at] for at in order]).to_pylist() == [together[at] for at in order]
    assert [row(exchange) for exchange in exchanges] == together


def test_no_exchange_makes_no_row() -> None:
    batch = Observer(KEY, "log", "user").observe([])
    assert batch.schema.equals(SCHEMA)
    assert batch.num_rows == 0


def test_system_prompts_forgotten_are_described_again(monkeypatch) -> None:
    monkeypatch.setattr("excise.observation.observe._SYSTEMS_REMEMBERED", 2)
    exchanges = [
        Exchange(
            record_id=f"{n}",
            started_at_s=0,
            turns=(Turn("system", f"be number {n % 5} of {TEXT} {'x' * (n % 5)}"),),
        )
        for n in range(20)
    ]
    found = Observer(KEY, "log", "user").observe(exchanges).to_pylist()
    assert len({one["system"] for one in found}) == 5
    assert all(one["system"] == found[at % 5]["system"] for at, one in enumerate(found))
