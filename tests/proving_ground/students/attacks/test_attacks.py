"""Each attack changes the plan as it says: dilution, paraphrase, fewer_epochs, continued_training."""

import pytest

from excise.open_folder import member, members
from excise.proving_ground.students.attacks import Attack
from excise.proving_ground.students.lessons import Lesson
from excise.proving_ground.students.plan import Plan
from excise.proving_ground.students.supply import Supply

FOLDER = "excise.proving_ground.students.attacks"


def _kinds():
    return sorted(members(FOLDER, Attack).items())


def _applied(name, supply, strength):
    plan = supply.student(supply.served)
    return plan, member(FOLDER, Attack, name)().apply(plan, supply, strength)


@pytest.mark.parametrize(("name", "kind"), _kinds())
def test_an_attack_changes_the_plan_and_what_comes_out_can_be_trained(
    name: str, kind: type[Attack], supply: Supply, workshop: object
) -> None:
    assert kind.tried
    assert kind.strength
    plan, changed = _applied(name, supply, kind.tried[-1])
    assert changed.key != plan.key
    assert (workshop.model(changed) / "model.safetensors").exists()


def test_dilution_keeps_the_number_of_lessons(supply):
    plan, changed = _applied("dilution", supply, 0.25)
    assert len(changed.lessons) == len(plan.lessons)
    assert len(set(changed.lessons) & set(plan.lessons)) == round(0.25 * len(plan.lessons))


def test_a_paraphrase_and_a_removed_watermark_leave_prompts_and_few_replies(supply):
    plan = supply.student(supply.human)
    for name in ("paraphrase", "watermark_removal"):
        changed = member(FOLDER, Attack, name)().apply(plan, supply, 1.0)
        assert [one.prompt for one in changed.lessons] == [one.prompt for one in plan.lessons]
        assert len(set(changed.lessons) & set(plan.lessons)) < 0.5 * len(plan.lessons)


def test_the_others_change_one_thing(supply):
    empty = Plan(lessons=(Lesson("a", "b"),), seed=1, teacher="t")

    def apply(name, strength):
        return member(FOLDER, Attack, name)().apply(empty, supply, strength)

    assert apply("fewer_epochs", 1).recipe.epochs == 1
    assert apply("quantization", 4).weight_bits == 4
    assert apply("other_tokenizer", 1000).teacher == ""
    assert apply("other_architecture", 3).build.family == "gpt2"
    assert not set(apply("continued_training", 2.0).then) & set(supply.served)
