"""Claims: what changed is handed on once, and what a judgement no longer names is gone."""

import msgspec

from excise.service.loop.claims import Claims
from excise.service.loop.standings import Sent


def _whole(bench, world):
    one = bench("one")
    one.waiting.put(world.rows)
    one.turn()
    return one.loop._beside.latest()


def test_the_same_judgement_is_handed_on_once(bench, world, tmp_path):
    whole, claims = _whole(bench, world), Claims(tmp_path)
    first = claims.of_whole(whole)
    assert first.standings == whole.standings
    assert claims.of_whole(whole).standings == ()


def test_a_campaign_that_is_not_named_any_more_is_gone(bench, world, tmp_path):
    whole, claims = _whole(bench, world), Claims(tmp_path)
    claims.of_whole(whole)
    bare = msgspec.structs.replace(whole, campaigns=(), portraits=())
    assert claims.of_whole(bare).gone == tuple(sorted(one.name for one in whole.campaigns))
    assert not list((tmp_path / "portraits").glob("*.msgpack"))


def test_more_of_an_account_of_a_campaign_is_added_to_what_it_sent(bench, world, tmp_path):
    whole, claims = _whole(bench, world), Claims(tmp_path)
    claims.of_whole(whole)
    account = whole.campaigns[0].accounts[0]
    before = next(one for one in whole.standings if one.account == account)
    (after,) = claims.of_more({account: Sent(5, 7, before.ended_at_s, before.ended_at_s + 1), "nobody": None})
    assert after.exchanges == before.exchanges + 5
    assert after.ended_at_s == before.ended_at_s + 1


def test_it_goes_on_where_another_process_was_killed(bench, world, tmp_path):
    whole, first = _whole(bench, world), Claims(tmp_path)
    first.of_whole(whole)
    first.remember()
    again = Claims(tmp_path)
    assert again.recall(whole)
    assert again._campaigns.keys() == {one.name for one in whole.campaigns}


def test_what_was_not_handed_on_is_known_as_such(bench, world, tmp_path):
    whole, first = _whole(bench, world), Claims(tmp_path)
    first.of_whole(whole)
    first.remember()
    bare = msgspec.structs.replace(whole, at_s=whole.at_s + 1, campaigns=(), portraits=())
    Claims(tmp_path).of_whole(bare)  # and killed before anybody was told
    again = Claims(tmp_path)
    assert not again.recall(bare)
    assert again.of_whole(bare).gone == tuple(sorted(one.name for one in whole.campaigns))
