import numpy as np
import pytest

from excise.enforcement import shelf as module
from excise.enforcement.keys import key_of
from excise.enforcement.shelf import shelf_of


def of(shelf, effect):
    row = shelf.row(key_of(effect.scope, effect.subject))
    return None if row is None else shelf.effect(row)


def test_what_was_put_on_is_found_and_nothing_else(kit):
    effects = [
        kit.effect(f"account-{n}", decision=f"dec-{n:016x}", actor=f"actor-{n % 7}") for n in range(2_000)
    ]
    shelf = shelf_of(effects, seed=3)
    assert [of(shelf, one) for one in effects] == effects
    assert all(of(shelf, kit.effect(f"account-{n}")) is None for n in range(2_000, 4_000))
    assert sorted(e.subject for _, e in shelf.rows()) == sorted(e.subject for e in effects)


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_small_shelves_work_too(kit, size):
    effects = [kit.effect(f"a{n}") for n in range(size)]
    shelf = shelf_of(effects, seed=3)
    assert len(shelf) == size
    assert [of(shelf, one) for one in effects] == effects
    assert of(shelf, kit.effect("stranger")) is None


@pytest.fixture
def colliding(monkeypatch):
    """Every key has one of four hashes, so that almost all of them collide."""
    monkeypatch.setattr(module, "_hasher", lambda: lambda key, _: (len(key) % 4) << 62)


@pytest.mark.usefixtures("colliding")
def test_equal_hashes_never_give_somebody_elses_decision(kit):
    effects = [kit.effect(f"account-{n}", decision=f"dec-{n:016x}") for n in range(300)]
    shelf = shelf_of([*effects, effects[7], kit.effect("account-9", decision="dec-later")], seed=3)
    assert len(shelf) == 300
    assert of(shelf, effects[9]).decision == "dec-later"
    for one in effects[:9] + effects[10:]:
        assert of(shelf, one) == one
    assert of(shelf, kit.effect("account-3000")) is None
    changed = {key_of(e.scope, e.subject): None for e in effects[::2]}
    added = kit.effect("account-new", decision="dec-new")
    changed[key_of(added.scope, added.subject)] = added
    after = shelf.merged(changed, at_s=1.0)
    assert of(after, added) == added
    assert [of(after, one) for one in effects[::2]] == [None] * 150
    assert of(after, effects[1]) == effects[1]


def test_merging_is_the_same_as_starting_anew(kit):
    rng = np.random.default_rng(5)
    held = {
        f"a{n}": kit.effect(f"a{n}", decision=f"d{n}", actor=None if n % 3 else f"x{n}") for n in range(500)
    }
    shelf = shelf_of(held.values(), seed=3)
    for turn in range(12):
        changed = {}
        for n in rng.integers(0, 800, size=int(rng.integers(0, 200))):
            name = f"a{n}"
            one = (
                None
                if rng.random() < 0.4
                else kit.effect(name, decision=f"t{turn}-{n}", until_s=float(50 + turn))
            )
            changed[key_of(kit.effect(name).scope, name)] = one
            held.pop(name, None)
            if one is not None:
                held[name] = one
        at_s = float(50 + turn - 3)
        shelf = shelf.merged(changed, at_s=at_s)
        held = {name: one for name, one in held.items() if one.until_s > at_s}
        found = {effect.subject: effect for _, effect in shelf.rows()}
        assert found == held
        assert all(of(shelf, one) == one for one in held.values())


def test_what_begins_and_ends_between_two_moments(kit):
    effects = [kit.effect(f"a{n}", starts_at_s=float(n), until_s=float(n + 100)) for n in range(10)]
    shelf = shelf_of(effects, seed=3)
    assert {e.subject for e in shelf.begun(after_s=3.0, by_s=5.0)} == {"a4", "a5"}
    assert {e.subject for e in shelf.ended(after_s=103.0, by_s=105.0)} == {"a4", "a5"}
