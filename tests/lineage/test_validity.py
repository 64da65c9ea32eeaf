"""What breaks a test of twins is refused, and what weakens it is said."""

from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from excise.lineage import validity
from excise.lineage.pairs import Pair
from excise.lineage.replies import Message, Reply, Sampling
from excise.lineage.validity import Caution
from excise.lineage.words import words

WORDS = words("iron oxide forms when water and air meet a metal slowly over many years in the rain")
SAID = Sampling(temperature=1.0, max_tokens=100)


def text(dice: np.random.Generator, said: list[str] = WORDS, mean: int = 20) -> str:
    return " ".join(said[at] for at in dice.integers(len(said), size=1 + dice.poisson(mean))) + "."


def some(
    count: int = 300, *, served: Callable[[np.random.Generator], str] = text, seed: int = 1
) -> list[Pair]:
    dice = np.random.default_rng(seed)

    def one(row: int, said: str) -> Reply:
        asked = (Message("user", f"question {row}"),)
        return Reply(
            row=row, id=f"r{row}", messages=asked, reply=said, parameters=SAID, model="m", model_version="1"
        )

    return [Pair(one(row, served(dice)), (one(row, text(dice)),)) for row in range(1, count + 1)]


def changed(pairs: list[Pair], *, twins: bool = True, served: bool = False, **fields: object) -> list[Pair]:
    """The pairs, with other fields in the first two of them."""

    def put(reply: Reply, yes: bool) -> Reply:  # noqa: FBT001 - a test
        return msgspec.structs.replace(reply, **fields) if yes else reply

    first = [Pair(put(p.served, served), tuple(put(t, twins) for t in p.twins)) for p in pairs[:2]]
    return first + pairs[2:]


def only(found: tuple[Caution, ...]) -> Caution:
    assert len(found) == 1, found
    return found[0]


def test_good_pairs_pass() -> None:
    assert validity.cautions(some(), seed=2) == ()


@pytest.mark.parametrize(
    ("fields", "severity", "name"),
    [
        ({"model_version": "2"}, "refuse", "other-version"),
        ({"model": "n"}, "refuse", "other-version"),
        ({"parameters": Sampling(temperature=0.7, max_tokens=100)}, "refuse", "other-sampling"),
        (
            {"parameters": Sampling(temperature=1.0, max_tokens=100, more='{"stop":"x"}')},
            "refuse",
            "other-sampling",
        ),
        ({"published": True}, "warn", "published"),
    ],
)
def test_a_twin_of_another_kind_is_named_with_its_row(
    fields: dict[str, object], severity: str, name: str
) -> None:
    caution = only(validity.cautions(tuple(changed(some(), **fields)), seed=2))
    assert (caution.severity, caution.name, caution.rows) == (severity, name, (1, 2))


def test_the_parameters_that_differ_are_named() -> None:
    pairs = changed(some(), parameters=Sampling(temperature=0.7, max_tokens=100))
    assert "in the first: temperature" in only(validity.cautions(pairs, seed=2)).text


@pytest.mark.parametrize(
    ("fields", "name"),
    [({"model_version": ""}, "version-not-said"), ({"parameters": Sampling()}, "sampling-not-said")],
)
def test_what_is_not_said_is_a_warning(fields: dict[str, object], name: str) -> None:
    caution = only(validity.cautions(changed(some(), served=True, **fields), seed=2))
    assert (caution.severity, caution.name, caution.rows) == ("warn", name, (1, 2))


def test_a_seed_that_both_have_is_refused_and_other_seeds_are_not() -> None:
    seeded = Sampling(temperature=1.0, max_tokens=100, seed=5)
    caution = only(validity.cautions(changed(some(), served=True, parameters=seeded), seed=2))
    assert (caution.severity, caution.name) == ("refuse", "same-seed")
    assert validity.cautions(changed(some(), parameters=seeded), seed=2) == ()


def test_deterministic_serving_has_no_twins() -> None:
    cold = [
        Pair(
            msgspec.structs.replace(p.served, parameters=Sampling(temperature=0.0)),
            tuple(msgspec.structs.replace(t, parameters=Sampling(temperature=0.0)) for t in p.twins),
        )
        for p in some(60)
    ]
    assert only(validity.cautions(cold, seed=2)).name == "deterministic"
    same = [Pair(p.served, (msgspec.structs.replace(p.twins[0], reply=p.served.reply),)) for p in some(60)]
    caution = only(validity.cautions(same, seed=2))
    assert caution.severity == "refuse"
    assert "canaries, and a watermark's key" in caution.text


def test_a_few_twins_that_are_the_same_are_only_mentioned() -> None:
    pairs = some()
    pairs[4] = Pair(
        pairs[4].served, (msgspec.structs.replace(pairs[4].twins[0], reply=pairs[4].served.reply),)
    )
    caution = only(validity.cautions(pairs, seed=2))
    assert (caution.severity, caution.name, caution.rows) == ("warn", "no-difference", (5,))


def test_duplicated_prompts_and_published_text_are_left_out() -> None:
    pairs = changed(some(), published=True)
    again = msgspec.structs.replace(pairs[9].served, row=900, id="again")
    pairs.append(Pair(again, pairs[9].twins))
    found = {caution.name: caution for caution in validity.cautions(pairs, seed=2)}
    assert found["duplicated-prompts"].rows == (900,)
    assert validity.usable(pairs) == tuple(pairs[2:-1])


def test_all_published_is_refused() -> None:
    pairs = changed(some(2), published=True)
    assert {(c.severity, c.name) for c in validity.cautions(pairs, seed=2)} == {
        ("refuse", "published"),
        ("warn", "few"),
    }


@pytest.mark.parametrize(
    "served",
    [
        lambda dice: text(dice, mean=26),  # another cut-off
        lambda dice: text(dice, [*WORDS, "delve", "tapestry"]),  # another version
        lambda dice: max(text(dice), text(dice), key=len),  # the longer of two
        lambda dice: next(t for t in iter(lambda: text(dice), "") if "rain" not in t or dice.random() < 0.3),
    ],
    ids=["longer", "other-words", "best-of-two", "moderated"],
)
def test_twins_that_texts_alone_tell_apart_are_refused(served: Callable[[np.random.Generator], str]) -> None:
    caution = only(validity.cautions(some(600, served=served), seed=2))
    assert (caution.severity, caution.name) == ("refuse", "told-apart")


def test_texts_that_could_as_well_have_been_served_are_seldom_told_apart() -> None:
    """Of 50 sets of good pairs, at most 50 * 2^-5 = 1.6 warned of on average; above 6 has chance 0.2 %."""
    warned = [validity.told_apart(some(60, seed=seed), seed) is not None for seed in range(100, 150)]
    assert sum(warned) <= 6
