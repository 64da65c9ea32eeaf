import msgspec
import pytest

from excise.lineage.entries import Entry, Heading, Line, key_of
from excise.lineage.replies import Message, Sampling
from excise.lineage.suspects import Answered, Ask, Asked, NoAnswer, Scored

ASK = (Message("user", "Why?"),)


@pytest.mark.parametrize(
    "line",
    [
        Heading(protocol="p"),
        Entry(suspect="s", question=Asked(ASK, "So."), result=Scored(("So", "."), (-1.0, -0.5)), at_s=1.0),
        Entry(suspect="s", question=Ask(ASK, "S", Sampling(temperature=0.5)), result=Answered("o"), at_s=1.0),
        Entry(suspect="s", question=Ask(ASK), result=NoAnswer("down", lasting=False), at_s=1.0),
    ],
)
def test_a_line_is_read_as_it_was_written(line):
    assert msgspec.json.decode(msgspec.json.encode(line), type=Line) == line


def test_questions_that_differ_in_anything_have_keys_of_their_own():
    questions = [
        Asked(ASK, ""),
        Asked(ASK, "a"),
        Ask(ASK),
        Ask(ASK, "a"),
        Ask(ASK, seed=1),
        Ask(ASK, sampling=Sampling(top_p=0.5)),
        Ask((Message("system", "Why?"),)),
    ]
    keys = {key_of(who, one) for one in questions for who in ("a", "b")}
    assert len(keys) == 2 * len(questions)
