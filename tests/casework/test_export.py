import json

from excise.casework.export import export

NOW_S = 1_790_000_000.0


def test_it_holds_all_and_is_written_down(lite, found, campaign_of, live):
    case = lite.standings.receive(found(campaign_of("a", ["x", "y"])), live, now_s=NOW_S).opened[0]
    document = json.loads(export(lite, case, by="ann", now_s=NOW_S + 1))
    assert [one["account"] for one in document["standings"]] == ["x", "y"]
    assert document["decisions"][0]["kind"] == "block"
    assert document["exported_by"] == "ann"
    assert document["events"][0]["happening"] == "opened"
    entry = lite.ledger.list(most=1).entries[0]
    assert (entry.verb, entry.case, entry.by) == ("saw", case, "ann")


def test_one_that_was_opened_by_hand(lite):
    case = lite.cases.open("t", ["q"], by="ann", now_s=NOW_S).id
    document = json.loads(export(lite, case, by="ann", now_s=NOW_S))
    assert (document["campaign"], document["standings"]) == (None, [])
