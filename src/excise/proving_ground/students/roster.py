"""The roster: which students a trial of lineage trains, and what each is an example of."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from excise.open_folder import members
from excise.proving_ground.students.attacks import Attack
from excise.proving_ground.students.controls import Control
from excise.proving_ground.students.plan import Plan, Recipe
from excise.proving_ground.students.supply import Supply

OURS, THEIRS = "campaign-a", "campaign-b"
"""The campaign whose key is looked for, and another one's."""

MARKS = ("green_list", "tournament")
_THOROUGH = Recipe(epochs=6)
_FEW = ("dilution", "quantization")
_ALSO_MARKED = (("dilution", 0.25), ("paraphrase", 1.0), ("watermark_removal", 0.3))


class Entrant(Struct, frozen=True, kw_only=True):
    """A student of the roster.

    Attributes:
        name: what it is, in a word: ``distilled``, or the attack or control.
        role: whether it was distilled from what was served, attacked the evidence of that, or did neither.
        strength: of the attack; None where there is none.
        served: how many of the served replies are among its lessons, from the first on.
        mark: the watermark that its teacher put into what it learned from; "" is none.
        plan: what is trained.
    """

    name: str
    role: Literal["distilled", "attacked", "control"]
    plan: Plan
    served: int
    strength: float | None = None
    mark: str = ""


def roster(supply: Supply, *, full: bool, marks: tuple[str, ...] = MARKS) -> list[Entrant]:
    """Return the students of one seed.

    Args:
        supply: what they learn from.
        full: every attack at every strength, and watermarked students too; otherwise a few of each.
        marks: the watermarks that a full roster has students of.
    """
    plan, size = supply.student(supply.served), len(supply.served)
    found = [
        Entrant(name="distilled", role="distilled", plan=plan, served=size),
        Entrant(name="thorough", role="distilled", plan=replace(plan, recipe=_THOROUGH), served=size),
    ]
    based = supply.finetuned(supply.served)
    found.append(Entrant(name="finetuned", role="distilled", plan=based, served=size))
    if full:
        soft = replace(plan, recipe=replace(plan.recipe, soft=0.5))
        found.append(Entrant(name="logits", role="distilled", plan=soft, served=size))
    for name, kind in _attacks().items():
        if full or name in _FEW:
            strengths = kind.tried if full else kind.tried[-1:]
            found.extend(_attacked(name, strength, plan, supply) for strength in strengths)
    folder = "excise.proving_ground.students.controls"
    for name, control in members(folder, Control).items():  # type: ignore[type-abstract]
        found.append(Entrant(name=name, role="control", plan=control().plan(supply), served=size))
    return found + (_marked(supply, marks) if full else [])


def _attacks() -> dict[str, type[Attack]]:
    return members("excise.proving_ground.students.attacks", Attack)  # type: ignore[type-abstract]


def _attacked(name: str, strength: float, plan: Plan, supply: Supply, *, mark: str = "") -> Entrant:
    served = round(len(plan.lessons) * strength) if name == "dilution" else len(plan.lessons)
    changed = _attacks()[name]().apply(plan, supply, strength)
    return Entrant(name=name, role="attacked", strength=strength, plan=changed, served=served, mark=mark)


def _marked(supply: Supply, marks: tuple[str, ...]) -> list[Entrant]:
    """Return students of watermarked replies, and one of another campaign's."""
    found: list[Entrant] = []
    for mark in marks:
        plan = supply.student(supply.marked(mark, OURS))
        size = len(plan.lessons)
        found.append(Entrant(name="distilled", role="distilled", plan=plan, served=size, mark=mark))
        if mark == MARKS[0]:
            theirs = supply.student(supply.marked(mark, THEIRS))
            found.append(Entrant(name="spoofed", role="control", plan=theirs, served=size, mark=mark))
            found.extend(_attacked(name, at, plan, supply, mark=mark) for name, at in _ALSO_MARKED)
    return found
