from msgspec.structs import replace

from excise.proving_ground.students.lessons import Lesson
from excise.proving_ground.students.plan import Plan, Recipe, digest


def test_a_key_changes_with_whatever_changes_the_model():
    plan = Plan(lessons=(Lesson("a", "b"),), seed=1)
    others = [
        replace(plan, seed=2),
        replace(plan, lessons=(Lesson("a", "c"),)),
        replace(plan, then=(Lesson("a", "b"),)),
        replace(plan, recipe=Recipe(epochs=4)),
        replace(plan, build=replace(plan.build, width=64)),
        replace(plan, teacher="x"),
        replace(plan, weight_bits=8),
    ]
    assert len({one.key for one in [plan, *others]}) == 8


def test_a_digest_tells_parts_apart():
    assert digest("ab", "c") != digest("a", "bc")
