import json

import msgspec
import pytest

from excise.errors import BadTable
from excise.lineage.entries import Entry, Heading
from excise.lineage.opening import open_suspect
from excise.lineage.replies import Message
from excise.lineage.suspects import Access, Answered, Ask, Asked, NoAnswer, Scored

ASK = (Message("user", "Why?"),)


@pytest.fixture
def suspect_of(tmp_path):
    def write(*rows, whose=""):
        path = tmp_path / "answers.jsonl"
        path.write_bytes(
            b"".join(row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows)
        )
        return open_suspect(f"file:{path}{whose}")

    return write


def test_answers_are_looked_up(suspect_of):
    suspect = suspect_of(
        {"prompt": "Why?", "answer": "one", "seed": 1},
        {"messages": [{"role": "user", "content": "Why?"}], "answer": "first"},
        {"prompt": "Why?", "answer": "second"},
        {"prompt": "Why?", "prefix": "Be", "answer": "cause"},
    )
    assert suspect.access == {Access.TEXT}
    asked = [Ask(ASK, seed=1), Ask(ASK, seed=5), Ask(ASK, seed=6), Ask(ASK, seed=7), Ask(ASK, "Be")]
    found = suspect.answers(asked)
    assert [one.text for one in found if isinstance(one, Answered)] == ["one", "first", "second", "cause"]
    assert isinstance(found[3], NoAnswer)
    assert suspect.answers(asked) == found


def test_likelihoods_are_looked_up(suspect_of):
    row = {"prompt": "Why?", "reply": "So.", "tokens": ["So", "."], "nats": [-1.5, 0]}
    suspect = suspect_of(row)
    assert suspect.access == {Access.LOG_PROBABILITIES}
    found = suspect.token_log_likelihoods([Asked(ASK, "So."), Asked(ASK, "No.")])
    assert found[0] == Scored(("So", "."), (-1.5, 0.0))
    assert isinstance(found[1], NoAnswer)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (b"{\n", "truncated"),
        (b"\xff\xfe\n", ""),
        ({"answer": "x"}, "neither messages nor prompt"),
        ({"prompt": "x"}, "neither an answer nor a reply"),
        ({"prompt": "x", "reply": "ab", "tokens": ["a"], "nats": [-1]}, "joined, are not the reply"),
        ({"prompt": "x", "reply": "a", "tokens": ["a"], "nats": []}, "1 tokens and 0 nats"),
        ({"prompt": "x", "reply": "a", "tokens": ["a"], "nats": [0.5]}, "no log-likelihood"),
        ({"prompt": 5, "answer": "x"}, "prompt"),
    ],
)
def test_a_bad_line_is_named(suspect_of, row, says):
    suspect = suspect_of({"prompt": "Why?", "answer": "x"}, row)
    with pytest.raises(BadTable, match=rf"answers\.jsonl:2: .*{says}"):
        suspect.answers([Ask(ASK)])


def entry(suspect, question, result):
    return msgspec.json.encode(Entry(suspect=suspect, question=question, result=result, at_s=1.0)) + b"\n"


def test_the_queries_of_a_finding_are_answers(suspect_of):
    lines = (
        msgspec.json.encode(Heading(protocol="p")) + b"\n",
        entry("hf:a", Asked(ASK, "So."), Scored(("So.",), (-2.0,))),
        entry("hf:a", Ask(ASK, seed=4), Answered("Hm")),
        entry("hf:a", Ask(ASK, seed=5), NoAnswer("down")),
    )
    suspect = suspect_of(*lines)
    assert suspect.token_log_likelihoods([Asked(ASK, "So.")]) == [Scored(("So.",), (-2.0,))]
    assert [type(one) for one in suspect.answers([Ask(ASK, seed=4), Ask(ASK, seed=5)])] == [
        Answered,
        NoAnswer,
    ]


def test_whose_answers_has_to_be_said(suspect_of):
    lines = [
        entry(who, Asked(ASK, "So."), Scored(("So.",), (nat,)))
        for who, nat in (("hf:a", -1.0), ("hf:b", -2.0))
    ]
    with pytest.raises(BadTable, match="holds answers of hf:a, hf:b; say whose"):
        suspect_of(*lines).access  # noqa: B018 - reading is the point
    (found,) = suspect_of(*lines, whose="#hf:b").token_log_likelihoods([Asked(ASK, "So.")])
    assert found.nats == (-2.0,)


def test_no_file_is_said(tmp_path):
    with pytest.raises(FileNotFoundError):
        open_suspect(f"file:{tmp_path}/none.jsonl").access  # noqa: B018 - reading is the point
