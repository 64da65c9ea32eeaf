import re

from excise.proving_ground.clients import client
from excise.proving_ground.dice import Dice


def test_clients_look_like_clients():
    for n in range(200):
        drawn = client(Dice(n))
        assert drawn.user_agent
        assert re.fullmatch(r"t13d\d{4}h[12]_[0-9a-f]{12}_[0-9a-f]{12}", drawn.ja4)


def test_strangers_share_clients_and_families_are_kept():
    drawn = [client(Dice(n), "sdk") for n in range(200)]
    assert len(set(drawn)) < 60
    assert all(c.user_agent.startswith(("OpenAI/", "AsyncOpenAI/")) for c in drawn)
