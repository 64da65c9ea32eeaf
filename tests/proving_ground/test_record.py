import gzip
import json
import os
from pathlib import Path

import msgspec
import pytest

from excise.proving_ground.customers import customer
from excise.proving_ground.dice import Dice
from excise.proving_ground.record import record
from excise.proving_ground.said import Asked, Message, Said

SAID = Said((Message("user", "hello"),), ("a reply", "another"), Asked(n=2, temperature=0.5), "abc")


def _member(fresh, **changes):
    made = customer(fresh(), Dice.of("r"), "person")
    logged = {"words_logged": True, "replies_logged": True, "address_logged": True, "tls_logged": True}
    return msgspec.structs.replace(made, **{**logged, **changes})


def _plain(member, said=SAID, at_s=1759800000.0, serial=5):
    return json.loads(msgspec.json.encode(record(member, said, at_s, serial, "new-model")))


def test_what_was_said_is_on_the_wire(fresh):
    member = _member(fresh)
    got = _plain(member)
    assert got["messages"] == [{"role": "user", "content": "hello"}]
    assert [c["message"]["content"] for c in got["response"]["choices"]] == ["a reply", "another"]
    assert got["model_parameters"] == {"n": 2, "temperature": 0.5}
    assert got["metadata"]["user_api_key_user_id"] == member.account.account
    assert got["startTime"] < got["completionStartTime"] < got["endTime"]


def test_what_is_not_logged_is_not_there(fresh):
    hidden = _plain(_member(fresh, words_logged=False, address_logged=False, tls_logged=False))
    assert "hello" not in json.dumps(hidden)
    assert hidden["metadata"]["requester_ip_address"] is None
    assert hidden["metadata"]["requester_custom_headers"] == {}
    assert _plain(_member(fresh, replies_logged=False))["response"] is None


def test_a_failure_has_no_reply(fresh):
    failed = _plain(_member(fresh), SAID._replace(replies=(), error="403 account suspended"))
    assert (failed["status"], failed["error_str"], failed["response"]) == (
        "failure",
        "403 account suspended",
        None,
    )
    assert failed["completion_tokens"] == 0


def test_ids_are_unique_and_the_newest_model_is_taken_up(fresh):
    member = _member(fresh, newest_from_s=1759900000.0)
    assert len({_plain(member, serial=n)["id"] for n in range(100)}) == 100
    assert _plain(member)["model"] == member.model
    assert _plain(member, at_s=1759900001.0)["model"] == "new-model"


def test_the_shape_is_that_of_a_real_composed_log(fresh):
    shared = Path(os.environ.get("EXCISE_SHARED", Path(__file__).parents[3] / "shared"))
    path = shared / "data" / "traffic" / "log.litellm.jsonl.gz"
    if not path.exists():
        pytest.skip("no other log beside the repository, nor at EXCISE_SHARED")
    with gzip.open(path) as lines:
        other = json.loads(next(lines))
    mine = _plain(_member(fresh))
    assert list(mine) == list(other)
    assert list(mine["metadata"]) == list(other["metadata"])
