import msgspec
import pytest

from excise.ingest.exchange import ACCOUNT_FIELDS, Exchange, Parameters, Turn, account_of


def test_a_turn_is_the_commonest_message_and_no_other() -> None:
    read = msgspec.json.Decoder(Turn).decode
    assert read(b'{"role":"user","content":"hi"}') == Turn("user", "hi")
    for line in (
        b'{"role":"user","content":null}',
        b'{"role":"user","content":"hi","tool_calls":[]}',
        b'{"content":"hi"}',
    ):
        with pytest.raises(msgspec.ValidationError):
            read(line)


def test_records_are_frozen_and_cheap_for_the_collector() -> None:
    for record in (Exchange(record_id="a", started_at_s=1.0), Turn("user", "hi"), Parameters()):
        assert record.__struct_config__.frozen
        assert not record.__struct_config__.gc


def test_every_account_field_is_a_field() -> None:
    exchange = Exchange(record_id="a", started_at_s=1.0, **{field: field for field in ACCOUNT_FIELDS})
    assert [account_of(exchange, field) for field in ACCOUNT_FIELDS] == list(ACCOUNT_FIELDS)
