import gzip

import msgspec
import pytest

from excise.proving_ground.compose import compose
from excise.proving_ground.draw import demo
from excise.proving_ground.world import Known, World


def test_a_world_is_a_frozen_record_that_survives_being_written():
    world = demo()
    assert msgspec.json.decode(msgspec.json.encode(world), type=World) == world
    with pytest.raises(AttributeError):
        world.seed = 1


def test_what_the_provider_knows_can_be_taken_away(tmp_path):
    blind = msgspec.structs.replace(
        demo(),
        exchanges=400,
        known=Known(words=0.0, replies=0.0, addresses=0.0, tls=0.0, payment=0.0),
        campaigns=(),
    )
    compose(blind, tmp_path)
    with gzip.open(tmp_path / "log.litellm.jsonl.gz") as lines:
        for line in lines:
            record = msgspec.json.decode(line)
            assert record["metadata"]["requester_ip_address"] is None
            assert record["messages"] == [{"role": "user", "content": "redacted-by-litellm"}]
            assert record["response"] is None
    assert b'"payment_fingerprint":"' not in (tmp_path / "accounts.jsonl").read_bytes()
