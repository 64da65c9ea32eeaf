import itertools
import json

import pytest

from excise.lineage.drawing import deterministic, draw
from excise.lineage.opening import open_suspect
from excise.lineage.replies import Message, Reply, Sampling, read_replies
from excise.lineage.suspects import Terms


@pytest.fixture
def drawn(endpoint, tmp_path):
    def once(served, draws=2, seed=1):
        teacher = open_suspect(endpoint.name(), Terms(way="completions", tries=1))
        try:
            return draw(
                served,
                teacher,
                tmp_path / "twins.jsonl",
                draws=draws,
                seed=seed,
                clock_s=itertools.count().__next__,
            )
        finally:
            teacher.close()

    return once


def served(count, **parameters):
    sampling = Sampling(**{"temperature": 1.0, "max_tokens": 9, **parameters})
    return [
        Reply(
            row=at + 1,
            id=f"s{at}",
            messages=(Message("user", f"fox {at}"),),
            reply="the fox",
            parameters=sampling,
            model="m",
            model_version="7",
        )
        for at in range(count)
    ]


def test_twins_are_drawn_as_the_served_were(drawn, endpoint, tmp_path):
    made = drawn(served(3, top_p=0.9, more='{"stop":["zzz"]}'))
    assert (made.twins, made.missing) == (6, ())
    twins, rejects = read_replies(tmp_path / "twins.jsonl")
    assert rejects == ()
    assert [(one.id, one.draw) for one in twins] == [(f"s{at}", draw) for at in range(3) for draw in range(2)]
    assert len({one.parameters.seed for one in twins}) == 6
    for one in twins:
        assert (one.model, one.model_version, one.parameters.top_p) == ("m", "7", 0.9)
        assert json.loads(one.parameters.more) == {"stop": ["zzz"]}
    assert all(body["temperature"] == 1.0 and body["stop"] == ["zzz"] for _, body in endpoint.asked)


def test_a_draw_that_was_stopped_pays_for_none_twice(drawn, endpoint, tmp_path):
    drawn(served(3))
    first = (tmp_path / "twins.jsonl").read_bytes()
    drawn(served(3))
    assert (tmp_path / "twins.jsonl").read_bytes() == first
    assert len(endpoint.asked) == 6


def test_what_got_no_twin_is_told_with_its_row(drawn, endpoint, tmp_path):
    def trouble(_number, _path, body):
        return ("body", b'{"choices": [{"text": ""}]}') if "fox 1" in body["prompt"] else None

    endpoint.trouble = trouble
    made = drawn(served(3), draws=1)
    assert made.twins == 2
    assert made.missing == ((2, "an empty reply"),)
    assert len((tmp_path / "twins.jsonl").read_bytes().splitlines()) == 2


def test_replies_that_were_not_left_to_chance_are_told():
    rows = [*served(1), *served(1, temperature=0.0), *served(1, top_k=1), *served(1, temperature=None)]
    numbered = [
        Reply(row=at, id="", messages=one.messages, reply="", parameters=one.parameters)
        for at, one in enumerate(rows)
    ]
    assert deterministic(numbered) == (1, 2)
