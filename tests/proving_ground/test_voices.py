from excise.proving_ground.dice import Dice
from excise.proving_ground.voices import Voice

PLAIN = Voice(lower=False, bare=False, slips=0.0, greeting="", thanks="", listens=1.0)
REPLY = (
    "The glacier melts because the basalt underneath is warm. Consider a telescope near the harbor in March."
)


def test_a_plain_voice_says_it_as_it_is():
    assert PLAIN.say("What Now?", Dice(1)) == "What Now?"


def test_a_voice_keeps_its_ways():
    assert PLAIN._replace(lower=True, bare=True).say("What Now?", Dice(1)) == "what now"
    greeted = {PLAIN._replace(greeting="Hi, ").say("x", Dice(n)) for n in range(30)}
    assert greeted == {"x", "Hi, x"}


def test_slips_change_few_letters():
    slipped = PLAIN._replace(slips=1.0).say("several ordinary words here", Dice(3))
    assert slipped != "several ordinary words here"
    assert abs(len(slipped) - len("several ordinary words here")) <= 5


def test_who_listens_takes_up_the_reply():
    words = set(REPLY.lower().strip(".").replace(".", "").split())
    taken = [
        len(words & set(PLAIN.follow(REPLY, Dice(n)).lower().replace('"', " ").split())) for n in range(100)
    ]
    deaf = PLAIN._replace(listens=0.0)
    missed = [len(words & set(deaf.follow(REPLY, Dice(n)).lower().split())) for n in range(100)]
    assert sum(t >= 2 for t in taken) > 80
    assert sum(taken) > 2 * sum(missed)


def test_voices_differ():
    assert len({Voice.of(Dice(n)) for n in range(50)}) > 45
