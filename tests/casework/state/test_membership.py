from excise.casework.state import membership

NOW_S = 1_790_000_000.0


def test_following_keeps_what_people_said(lite):
    case = lite.cases.open("t", ["x"], by="ann", now_s=NOW_S).id
    with lite.database.writing(by="loop", now_s=NOW_S) as writing:
        assert membership.follow(writing, case, ["y", "z"], secret=bytes(16)) == {"y", "z"}
        assert membership.inside(writing, case) == {"x", "y", "z"}
        assert membership.follow(writing, case, ["z"], secret=bytes(16)) == {"y"}
        assert membership.follow(writing, case, ["z"], secret=bytes(16)) == set()
        assert membership.marks(writing, case) == {"x": True}
        assert not membership.has_decisions(writing, case)


def test_an_account_moves_out_of_the_other_case(lite):
    one = lite.cases.open("t", ["x", "y"], by="ann", now_s=NOW_S).id
    other = lite.cases.open("u", ["y"], by="ann", now_s=NOW_S + 1).id
    assert lite.cases.get(one).accounts == ("x",)
    assert lite.cases.get(one).by_hand == {"x": True, "y": False}
    assert lite.cases.get(other).accounts == ("y",)
    with lite.database.reading() as reading:
        assert membership.held_elsewhere(reading, one, ["x", "y"]) == {"y"}
