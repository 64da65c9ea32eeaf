"""A turn takes on as many owners as fit into it, whole, in their order."""

import pyarrow.compute as pc

from excise.service.loop import delta


def _begun(bench, world):
    one = bench("one")
    one.waiting.put(world.rows)
    one.turn()
    return one, one.loop._judging[0]


def test_owners_are_taken_whole_in_their_order_until_the_turn_is_full(bench, world, monkeypatch):
    one, who = _begun(bench, world)
    owners = sorted({who.owner(account) for account in one.desk.standings})
    settings, now_s = one.loop._settings, world.ends_at_s
    monkeypatch.setattr(delta, "MOST_ACCOUNTS", 10)
    chosen = delta.choose(one.loop._runs, who, owners, now_s=now_s, settings=settings)
    assert chosen.owners == [owner for owner in owners if owner not in chosen.too_large][: len(chosen.owners)]
    assert set(chosen.accounts) == {mate for owner in chosen.owners for mate in who.mates(owner)}
    assert len(chosen.accounts) <= 10 or len(chosen.owners) == 1
    assert set(chosen.rows["account"].to_pylist()) <= set(chosen.accounts)


def test_an_owner_that_is_too_large_for_a_turn_waits_for_everything_to_be_judged(bench, world, monkeypatch):
    one, who = _begun(bench, world)
    large = who.owner(max(one.desk.campaigns.values(), key=lambda each: len(each.accounts)).accounts[0])
    monkeypatch.setattr(delta, "LARGEST_ACTOR", 1)
    chosen = delta.choose(one.loop._runs, who, [large], now_s=world.ends_at_s, settings=one.loop._settings)
    assert (chosen.owners, chosen.too_large) == ([], [large])


def test_rows_since_a_moment(world):
    middle = int(pc.quantile(world.rows["started_at"].cast("int64"), 0.5)[0].as_py())
    later = delta.since(world.rows, middle)
    assert 0 < later.num_rows < world.rows.num_rows
    assert pc.min(later["started_at"].cast("int64")).as_py() >= middle
