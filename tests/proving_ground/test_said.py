from itertools import pairwise

import numpy as np
import pytest

from excise.proving_ground.content.own import OwnCorpus
from excise.proving_ground.dice import Dice
from excise.proving_ground.rhythms import Schedule
from excise.proving_ground.said import Asked, Message, agent, inlined, once, opened, relay, script, talk
from excise.proving_ground.voices import Voice

CORPUS = OwnCorpus(["trivia"], 1, 40)
VOICE = Voice.of(Dice(1))


def test_asking_once_gives_as_many_replies_as_were_asked_for():
    (said,) = once("be brief", CORPUS.item(0), Asked(n=3), Dice(1), 40)
    assert [m.role for m in said.messages] == ["system", "user"]
    assert len(set(said.replies)) == 3


@pytest.mark.parametrize(
    "thread",
    [
        lambda: talk(None, CORPUS.item(0), Asked(), Dice(1), VOICE, words=40),
        lambda: agent("act", CORPUS.item(0), Asked(), Dice(1), 4, role="tool"),
        lambda: script("go", (CORPUS.item(n) for n in range(4)), Asked(), Dice(1), 30),
    ],
)
def test_each_request_of_a_thread_carries_the_ones_before_it(thread):
    steps = [said for said, _ in zip(thread(), range(4), strict=False)]
    assert len(steps) == 4
    assert len({said.session for said in steps}) == 1
    for before, after in pairwise(steps):
        assert after.messages[: len(before.messages)] == before.messages
        assert after.messages[len(before.messages)] == Message("assistant", before.replies[0])


def test_relay_goes_on_opens_anew_and_starts_again_after_the_end():
    schedule = Schedule(
        np.arange(6.0),
        np.array([0, 1, 0, 0, 1, 0], np.int32),
        np.array([True, True, False, True, False, False]),
    )
    made = []

    def thread(member, moment):
        made.append((member, moment))
        return agent(None, CORPUS.item(moment), Asked(), Dice(moment), 1 if member else 5, role="user")

    lengths = [len(said.messages) for said in relay(schedule, thread)]
    # Member 1 has threads of one step: at its second moment the open one is over, and another is made.
    assert made == [(0, 0), (1, 1), (0, 3), (1, 4)]
    assert lengths == [1, 1, 3, 1, 1, 3]


def test_an_instruction_goes_before_the_words_of_the_last_turn():
    (said,) = once(None, CORPUS.item(0), Asked(), Dice(1), 40)
    assert inlined(said, "Do it.").messages[-1].content == f"Do it.\n\n{CORPUS.item(0).text}"
    assert opened(None, "x") == (Message("user", "x"),)
