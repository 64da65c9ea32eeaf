import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

import excise
from excise.errors import BadTable
from excise.lineage.journal import Journal, Journaled
from excise.lineage.opening import open_suspect
from excise.lineage.replies import Message, Sampling
from excise.lineage.suspects import Answered, Ask, NoAnswer, SuspectSilent, Terms

SHORT = Sampling(max_tokens=3)


def asks(count, start=0):
    return [Ask((Message("user", f"fox {at}"),), sampling=SHORT) for at in range(start, start + count)]


@pytest.fixture
def opened(endpoint, tmp_path):
    """Opens the endpoint through a journal, as often as a test likes, one after the other."""
    closing = []

    def open_it(protocol="p", **terms):
        for one in closing:
            one.close()
        closing.clear()
        journal = Journal(tmp_path / "run" / "queries.jsonl", protocol, itertools.count().__next__)
        suspect = open_suspect(
            endpoint.name(), Terms(**{"tries": 1, "timeout_s": 5.0, "way": "completions", **terms})
        )
        journaled = Journaled(suspect, journal)
        closing.extend((journaled, journal._file))
        return journaled

    yield open_it
    for one in closing:
        one.close()


def paid(endpoint):
    return [body["prompt"] for _, body in endpoint.asked]


def test_no_question_is_asked_twice(opened, endpoint):
    first = opened().answers(asks(5))
    assert all(isinstance(one, Answered) for one in first)
    assert opened().answers([*asks(7), *asks(2)]) == [*first, *opened().answers(asks(2, 5)), *first[:2]]
    assert sorted(paid(endpoint)) == sorted({f"fox {at}\n\n" for at in range(7)})


def test_answers_are_on_disk_before_they_are_used(opened, tmp_path):
    suspect = opened(at_once=1)
    suspect.answers(asks(3))
    lines = (tmp_path / "run" / "queries.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(line)["type"] for line in lines] == ["heading", *["answer"] * 3]


def test_a_line_that_was_cut_off_is_asked_again_and_only_that(opened, endpoint, tmp_path):
    opened(at_once=1).answers(asks(4))
    path = tmp_path / "run" / "queries.jsonl"
    path.write_bytes(path.read_bytes()[:-25])
    assert all(isinstance(one, Answered) for one in opened(at_once=1).answers(asks(4)))
    assert paid(endpoint) == [f"fox {at}\n\n" for at in (0, 1, 2, 3, 3)]
    assert len(path.read_bytes().splitlines()) == 5


def test_a_journal_that_was_changed_is_refused(opened, tmp_path):
    opened().answers(asks(2))
    path = tmp_path / "run" / "queries.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"{}\n" + lines[2])
    with pytest.raises(BadTable, match=r"queries\.jsonl:2: .*Restore it"):
        opened()


def test_a_journal_belongs_to_one_protocol_and_one_run(opened, tmp_path):
    opened().answers(asks(1))
    with pytest.raises(BadTable, match="another run writes to it"):
        Journal(tmp_path / "run" / "queries.jsonl", "p", float)
    with pytest.raises(BadTable, match="under another protocol"):
        opened(protocol="q")


def test_a_question_asked_twice_at_once_is_paid_once(opened, endpoint):
    one, other, third = opened().answers([*asks(1), *asks(1), *asks(1, 1)])
    assert one == other != third
    assert len(endpoint.asked) == 2


def test_an_empty_reply_is_none_and_is_not_asked_for_again(opened, endpoint):
    endpoint.trouble = lambda *_: ("body", b'{"choices": [{"text": " \\n "}]}')
    assert opened().answers(asks(2)) == [NoAnswer("an empty reply")] * 2
    assert opened().answers(asks(2)) == [NoAnswer("an empty reply")] * 2
    assert len(endpoint.asked) == 2


def test_one_that_fails_for_the_moment_is_asked_in_the_next_run(opened, endpoint):
    endpoint.trouble = lambda n, *_: ("status", 500) if n == 1 else None
    found = opened(at_once=1).answers(asks(3))
    assert found[1] == NoAnswer("it answers 500, 1 times", lasting=False)
    assert [type(one) for one in opened(at_once=1).answers(asks(3))] == [Answered] * 3
    assert len(endpoint.asked) == 4


@pytest.mark.parametrize("at_once", [1, 4])
def test_a_suspect_that_is_down_stops_the_run_and_loses_nothing(opened, endpoint, at_once):
    endpoint.trouble = lambda n, *_: ("status", 500) if n >= 6 else None
    with pytest.raises(SuspectSilent, match=r"The 6 answers so far are kept; the same command goes on"):
        opened(at_once=at_once).answers(asks(60))
    assert len(endpoint.asked) < 30
    endpoint.trouble = lambda *_: None
    endpoint.asked.clear()
    assert all(isinstance(one, Answered) for one in opened(at_once=at_once).answers(asks(60)))
    assert len(endpoint.asked) == 54


RUN = """
import sys, itertools
from pathlib import Path
from excise.lineage.journal import Journal, Journaled
from excise.lineage.opening import open_suspect
from excise.lineage.replies import Message, Sampling
from excise.lineage.suspects import Ask, Terms
path, name = sys.argv[1:]
journal = Journal(Path(path), "p", itertools.count().__next__)
suspect = Journaled(open_suspect(name, Terms(way="completions")), journal)
asked = [Ask((Message("user", f"fox {at}"),), sampling=Sampling(max_tokens=3)) for at in range(60)]
print(len(suspect.answers(asked)))
suspect.close()
"""


def test_killed_at_any_moment_no_query_is_paid_twice(endpoint, tmp_path):
    """Kill -9 three times in the middle: at most what was on its way (``at_once``) was paid in vain."""
    path = tmp_path / "queries.jsonl"
    command = [sys.executable, "-c", RUN, str(path), endpoint.name()]
    environment = {**os.environ, "PYTHONPATH": str(Path(excise.__file__).parents[1])}
    endpoint.delay_s = 0.02
    for kept in (5, 20, 40):
        run = subprocess.Popen(command, env=environment)
        while not path.exists() or path.read_bytes().count(b"\n") < kept:
            time.sleep(0.002)
        run.send_signal(signal.SIGKILL)
        run.wait()
        done = {
            msgspec.json.decode(line)["question"]["messages"][0]["content"] + "\n\n"
            for line in path.read_bytes().splitlines(keepends=True)[1:]
            if line.endswith(b"\n")
        }
        time.sleep(0.3)  # what was on its way arrives
        before, endpoint.asked = paid(endpoint), []
        assert len(before) - len(done) <= 3 * 4
        assert len(done) < 60
        kept_so_far = done
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "60\n"
    assert set(paid(endpoint)) == {f"fox {at}\n\n" for at in range(60)} - kept_so_far
    assert len(paid(endpoint)) == 60 - len(kept_so_far)
