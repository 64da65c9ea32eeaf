from excise.proving_ground.asking import asked, chatting
from excise.proving_ground.dice import Dice
from excise.proving_ground.said import Asked


def test_what_is_fixed_is_kept_and_the_rest_varies():
    drawn = [asked(Dice(n), Asked(temperature=0.0, logprobs=True)) for n in range(40)]
    assert all(a.temperature == 0.0 and a.logprobs for a in drawn)
    assert len({a.max_tokens for a in drawn}) > 5
    assert all(a.n is None for a in drawn)


def test_chat_programs_mostly_stream():
    assert 50 < sum(bool(chatting(Dice(n)).stream) for n in range(100)) < 90
