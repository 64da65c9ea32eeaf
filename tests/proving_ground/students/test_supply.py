from excise.proving_ground.students.lessons import OwnCurriculum
from excise.proving_ground.students.supply import Supply, campaign_key


def test_served_twins_and_third_draws_answer_the_same_prompts_differently(supply):
    draws = [supply.served, supply.twins, supply.again, supply.from_rival]
    assert len({tuple(one.prompt for one in draw) for draw in draws}) == 1
    assert len(supply.served) == supply.sizes.served
    for one in draws[1:]:
        assert sum(a.reply == b.reply for a, b in zip(supply.served, one, strict=True)) < 10


def test_what_is_clean_or_served_elsewhere_is_asked_of_nobody_else(supply):
    asked = {one.prompt for one in supply.served}
    assert not asked & {one.prompt for one in supply.elsewhere}
    assert not asked & {one.prompt for one in supply.clean(supply.sizes.served)}
    assert not asked & {one.prompt for one in supply.teacher.lessons}


def test_seeds_share_the_teacher_and_no_prompt(workshop, supply):
    other = Supply(workshop, OwnCurriculum(3), OwnCurriculum(11), supply.sizes, 8)
    assert other.teacher.key == supply.teacher.key != supply.rival.key
    assert not {one.prompt for one in supply.human} & {one.prompt for one in other.human}


def test_campaigns_and_seeds_have_keys_of_their_own():
    keys = {campaign_key(seed, name).secret for seed in (1, 2) for name in ("a", "b")}
    assert len(keys) == 4
    assert campaign_key(1, "a").secret == campaign_key(1, "a").secret
