"""A judgement of everything: kept in a file, read back as it was, and one of another version is none."""

import numpy as np

from excise.service.loop.whole import Settings, floor_us, judge_whole, load, save


def _judged(bench, world):
    one = bench("one")
    for batch in world.rows.combine_chunks().to_batches():
        one.store.append(batch)
    one.store.flush()
    return judge_whole(one.store, segment=1, held=5, now_s=world.ends_at_s, settings=one.loop._settings)


def test_it_is_read_back_as_it_was(bench, world, tmp_path):
    whole = _judged(bench, world)
    save(tmp_path / "whole", whole)
    again = load(tmp_path / "whole")
    assert again == whole
    assert np.array_equal(again.ranks(), whole.ranks())
    assert len(again.roll().accounts) == len(again.ranks()) == len(again.claims())


def test_every_account_stands_and_every_campaign_has_a_portrait(bench, world):
    whole = _judged(bench, world)
    assert [one.account for one in whole.standings] == sorted(whole.accounts)
    assert [portrait.campaign for portrait in whole.portraits] == sorted(
        whole.campaigns, key=lambda one: (-one.bits, -one.rank, one.name)
    )
    named = {one.account for one in whole.standings if one.campaign is not None}
    assert named == {account for campaign in whole.campaigns for account in campaign.accounts}


def test_what_is_no_judgement_is_none(tmp_path):
    assert load(tmp_path / "nothing") is None
    (tmp_path / "old").write_bytes(b"\x81\xa1x\x01")
    assert load(tmp_path / "old") is None


def test_the_window_ends_now():
    assert floor_us(100 * 86_400.0, Settings(window_days=10)) == round(90 * 86_400 * 1e6)
