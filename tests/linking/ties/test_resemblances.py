"""Each resemblance between two accounts, with the value worked out by hand where that can be done."""

from math import log, log2

import numpy as np
import pytest

from excise.linking.carried import gather
from excise.linking.link import ties

HOUR_S, DAY_S = 3_600.0, 86_400.0


def prompt(name):
    return f"{name} one two three four five six seven"


def test_sign_up_counts_in_ranks(sent, store_of, tied):
    names = [f"a{n:02d}" for n in range(16)]
    known = [{"account": n, "created_at": 1_000.0 * 2**at} for at, n in enumerate(names)]
    found = tied(store_of([sent(n) for n in [*names, "unknown"]], accounts=known), "sign_up")
    # half of the time log-uniform over 16 ranks, else as in the population: 8 / (2 gap ln 16) + 1/2
    assert found["a00", "a01"] == pytest.approx(log2(8 / (2 * log(16)) + 0.5))
    assert found["a14", "a15"] == pytest.approx(found["a00", "a01"])  # hours do not matter
    assert found["a00", "a15"] == pytest.approx(log2(8 / (30 * log(16)) + 0.5))
    assert found["a00", "a01"] == pytest.approx(0.958, abs=1e-3)
    assert found["a00", "a15"] == pytest.approx(-0.746, abs=1e-3)
    assert not [pair for pair in found if "unknown" in pair]


def test_sign_up_says_within_how_long(sent, store_of):
    known = [{"account": f"a{n}", "created_at": n * HOUR_S} for n in range(4)]
    store = store_of([sent(f"a{n}") for n in range(4)], accounts=known)
    tie = ties()["sign_up"]
    traits = gather({"sign_up": tie}, store).traits["sign_up"]
    assert tie.sentence(traits, ["a0", "a1", "a2", "a3"]) == "4 accounts were opened within 3 hours"
    assert "nothing is known" in tie.sentence(traits, ["a0"])


def test_replication_weighs_when_the_same_was_sent(sent, store_of, tied):
    sendings = [("a", at * DAY_S, prompt(f"q{at}")) for at in range(4)]
    sendings += [("b", at * DAY_S + 600, prompt(f"q{at}")) for at in range(2)]  # at once: one queue
    sendings += [("c", at * DAY_S + 9_000, prompt(f"q{at}")) for at in range(2)]  # hours later: homework
    sendings += [(who, at * HOUR_S, prompt(f"{who}{at}")) for who in "bc" for at in range(2)]
    sendings += [("d", 0.0, prompt("q0")), ("d", 60.0, prompt("own"))]  # one in common is chance
    sendings += [("e", at * DAY_S, f"short q{at}") for at in range(4)]
    sendings += [("f", at * DAY_S, f"short q{at}") for at in range(4)]
    found = tied(store_of([sent(*one) for one in sendings]), "replication")
    # two of the smaller account's four prompts; 8 bits for, 3 against
    assert found == {("a", "b"): 4.0, ("a", "c"): -1.5, ("b", "c"): -1.5}


def test_replication_says_how_many_prompts(sent, store_of):
    store = store_of([sent("a", 0, prompt("x")), sent("b", 5, prompt("x")), sent("b", 9, prompt("y"))])
    tie = ties()["replication"]
    traits = gather({"replication": tie}, store).traits["replication"]
    assert tie.sentence(traits, ["a", "b"]) == "1 of 2 prompts were sent under more than one account"


@pytest.fixture
def shifts(sent, store_of):
    """Two accounts on one timetable, one on the opposite, and a crowd that is there at all hours."""
    draw = np.random.default_rng(4)
    late = [at for day in range(8) for at in range(day * 24, day * 24 + 4)]
    early = [at + 12 for at in late]
    hours = {"night1": late, "night2": late, "noon": early}
    hours |= {f"c{n}": draw.choice(192, 40, replace=False).tolist() for n in range(12)}
    return store_of([sent(name, at * HOUR_S + 60) for name, those in hours.items() for at in those])


def test_rhythm_tells_one_timetable_from_two(shifts, tied):
    found = tied(shifts, "rhythm")
    assert found["night1", "night2"] == 4.0  # the most that it says
    assert found["night1", "noon"] == -1.0  # the least


def test_rhythm_does_not_count_a_burst(sent, store_of, tied):
    """A hundred requests in an hour are one active hour, as one request is."""
    once = [(n, at * HOUR_S) for n in ("a", "b", "c") for at in ((0, 30, 60) if n < "c" else (10, 40, 70))]
    burst = [("a", 10.0 + k) for k in range(100)]
    assert tied(store_of([sent(*o) for o in once + burst]), "rhythm") == tied(
        store_of([sent(*o) for o in once]), "rhythm"
    )


def test_corpus_knows_two_accounts_that_ask_about_the_same_things(sent, store_of, tied):
    draw = np.random.default_rng(6)
    rare = [f"rare{n}" for n in range(60)]

    def text(who, at):
        pool = rare if who in ("a", "b") else [f"{who}own{k}" for k in range(60)]
        return " ".join(["tell", "me", "about", *draw.choice(pool, 8, replace=False), str(at)])

    names = ["a", "b", *(f"c{n:02d}" for n in range(24))]
    store = store_of([sent(who, at, text(who, at)) for who in names for at in range(8)])
    found = tied(store, "corpus")
    assert found["a", "b"] == 5.0  # nobody else is this close: the most that it says
    others = [weight for pair, weight in found.items() if pair != ("a", "b")]
    # all other pairs are equally far apart, so being as close as that is no news: log2(0.5 / 1)
    assert others == [pytest.approx(-1.0)] * len(others)


def test_corpus_takes_boilerplate_out(sent, store_of):
    tie = ties()["corpus"]
    store = store_of(
        [
            sent("a", at, f"write something nice about {name}")
            for at, name in enumerate(["art", "bread", "corn", "dust"])
        ]
    )
    traits = gather({"corpus": tie}, store).traits["corpus"]
    assert traits["n"].to_pylist() == [1, 1, 1, 1]  # the four subjects; what stands in every prompt is gone


def test_corpus_says_nothing_of_a_handful_of_accounts(sent, store_of, tied):
    store = store_of(
        [
            sent(who, at, f"{who} alpha{at} beta gamma{at} delta epsilon{at} zeta")
            for who in "abc"
            for at in range(5)
        ]
    )
    assert tied(store, "corpus") == {}
