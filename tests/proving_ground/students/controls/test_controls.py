"""No control learns from a served reply or a twin: human_data, public_text, spoofed and the others."""

import pytest

from excise.open_folder import members
from excise.proving_ground.students.controls import Control
from excise.proving_ground.students.supply import Supply


def _kinds():
    return sorted(members("excise.proving_ground.students.controls", Control).items())


@pytest.mark.parametrize(("name", "kind"), _kinds())
def test_a_control_saw_neither_served_replies_nor_twins(
    name: str, kind: type[Control], supply: Supply
) -> None:
    plan = kind().plan(supply)
    # Short replies may come out the same twice; nearly all do not.
    shared = set(plan.lessons) & (set(supply.served) | set(supply.twins))
    assert len(shared) <= 0.1 * len(plan.lessons), name
    assert len(plan.lessons) == supply.sizes.served
    asked = {one.prompt for one in supply.served} == {one.prompt for one in plan.lessons}
    assert asked == (name in {"human_data", "other_teacher", "spoofed"})
