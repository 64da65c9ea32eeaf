from excise.proving_ground.students.roster import MARKS, roster


def test_a_full_roster_has_every_role_attack_and_mark_once(supply):
    found = roster(supply, full=True)
    assert {one.role for one in found} == {"distilled", "attacked", "control"}
    assert {one.mark for one in found} == {"", *MARKS}
    names = [(one.name, one.strength, one.mark) for one in found]
    assert len(set(names)) == len(names)
    assert len({one.plan.key for one in found}) == len(found)


def test_served_says_how_many_of_the_served_replies_are_learned(supply):
    served = set(supply.served)
    for one in roster(supply, full=True):
        if one.name == "finetuned":
            assert set(one.plan.then) == served
            assert not set(one.plan.lessons) & served
        elif one.role != "control" and not one.mark and one.name not in {"paraphrase", "watermark_removal"}:
            assert set(one.plan.lessons[: one.served]) <= served
            assert not set(one.plan.lessons[one.served :]) & served
        elif one.role == "control":
            assert not set(one.plan.lessons) & served


def test_a_small_roster_is_a_part_of_the_full_one(supply):
    few = {one.plan.key for one in roster(supply, full=False)}
    assert few < {one.plan.key for one in roster(supply, full=True)}
