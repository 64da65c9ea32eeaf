"""Replay: a store as it was hides all that came later."""

import gzip
import json

import pytest

from excise.detection.judge import Settings, judge
from excise.detection.replay import Until, first_named
from excise.linking.instants import seconds

START_S = 1_759_708_800.0
DAY_S = 86_400.0


@pytest.fixture
def five_days(sent, store_of):
    known = [
        {"account": "old", "created_at": -DAY_S},
        {"account": "late", "created_at": 3 * DAY_S},
        {"account": "unknown"},
    ]
    return store_of(
        [
            sent(who, day * DAY_S, f"day {day}", address=f"198.18.{day}.1")
            for day in range(5)
            for who in ("old", "unknown", "late")
        ],
        accounts=known,
        models={"first": DAY_S, "second": 4 * DAY_S},
    )


def column(asked, table, name):
    return asked.run(getattr(asked.tables, table).order_by(name))[name]


def test_until_hides_the_future(five_days):
    then = Until(five_days, START_S + 2 * DAY_S)
    assert (
        seconds(column(then, "observations", "started_at")).max() == START_S + DAY_S
    )  # what starts then is later
    assert column(then, "accounts", "account").to_pylist() == ["old", "unknown"]
    assert column(then, "releases", "model").to_pylist() == ["first"]
    assert len(column(five_days, "observations", "record")) == 15  # and the store itself still has all


def test_a_moment_counts_to_the_microsecond(sent, store_of):
    store = store_of([sent("a", 0.000001)])
    assert len(column(Until(store, START_S + 0.000001), "observations", "record")) == 0
    assert len(column(Until(store, START_S + 0.000002), "observations", "record")) == 1


def test_what_comes_later_changes_no_earlier_judgement(world, open_store, store, tmp_path):
    """Judging a store as it was is judging a store that holds no more than that."""
    with gzip.open(world / "log.litellm.jsonl.gz", "rb") as packed:
        lines = packed.readlines()
    at_s = json.loads(lines[len(lines) // 2])["startTime"]
    early = tmp_path / "early.jsonl"
    early.write_bytes(b"".join(line for line in lines if json.loads(line)["startTime"] < at_s))
    rows = [json.loads(line) for line in (world / "accounts.jsonl").read_bytes().splitlines()]
    known = tmp_path / "accounts.jsonl"
    known.write_text("".join(json.dumps(row) + "\n" for row in rows if (row["created_at"] or 0) < at_s))
    with open_store(tmp_path, logs=[early], accounts=known) as half:
        one = judge(Until(half, at_s), seed=5).verdicts()
    assert judge(Until(store, at_s), seed=5).verdicts() == one


def test_first_named_is_the_first_look_that_named(store, judgement):
    told: list[tuple[int, int]] = []
    settings = Settings(named_at_bits=4.0)
    found = first_named(
        store, seed=5, steps=2, settings=settings, watch=lambda done, of: told.append((done, of))
    )
    assert told == [(1, 2), (2, 2)]
    at = sorted(set(found.values()))
    assert 1 <= len(at) <= 2
    now = {verdict.account for verdict in judgement.verdicts() if verdict.campaign}
    assert now <= found.keys()  # the last look sees all that the store holds
    half = judge(Until(store, at[0]), seed=5, settings=settings) if len(at) == 2 else None
    if half is not None:
        assert {a for a, s in found.items() if s == at[0]} == {
            v.account for v in half.verdicts() if v.campaign
        }


def test_an_empty_store_names_nobody(store_of):
    assert first_named(store_of([]), seed=0, steps=3) == {}
