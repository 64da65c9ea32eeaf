"""Each feature on exchanges written by hand: the value that one counts, and where it is unknown."""

import math

import pytest

from excise.behavior.profile import features, view_of
from excise.ingest.exchange import Parameters

MINUTE_S, HOUR_S, DAY_S = 60.0, 3_600.0, 86_400.0
PROMPT = "tell me of {} in seven words or so"


@pytest.fixture
def measured():
    """Returns a feature's values by actor; an account named like x1 belongs to the actor x."""

    def ask(store, name):
        accounts = store.run(store.tables.observations.select("account").distinct())["account"].to_pylist()
        owner = {account: account[0] for account in accounts if account is not None}
        rows = store.run(features()[name].of(view_of(store, owner))).to_pylist()
        found = {row["actor"]: row["value"] for row in rows}
        assert len(found) == len(rows)
        return found

    return ask


def test_account_age_is_a_median_in_days(sent, store_of, measured):
    ages = {"x1": 0, "x2": 2, "x3": 10, "y1": -1}
    known = [{"account": n, "created_at": -age * DAY_S} for n, age in ages.items()]
    store = store_of([sent(n, at) for n in (*ages, "z1") for at in (0, 9 * DAY_S)], accounts=known)
    # an account that is older than its sign-up is none; y signed up after its first exchange
    assert measured(store, "account_age") == {"x": 2.0, "y": 0.0}


def test_accounts(sent, store_of, measured):
    assert measured(store_of([sent(n) for n in ("x1", "x2", "x2", "y1")]), "accounts") == {"x": 2.0, "y": 1.0}


def test_blocks_per_account_takes_accounts_with_five_exchanges(sent, store_of, measured):
    places = [("x1", f"198.18.{k}.1") for k in range(5)] + [("x2", "198.18.0.7")] * 5
    places += [("x3", f"198.19.{k}.1") for k in range(4)] + [("y1", f"198.20.{k}.1") for k in range(4)]
    store = store_of([sent(n, at, address=p) for at, (n, p) in enumerate(places)])
    assert measured(store, "blocks_per_account") == {"x": 3.0}


@pytest.mark.parametrize(
    ("name", "phrases"),
    [
        ("bootstrapping", ("come up with a list of tasks", "rewrite the given prompt")),
        ("grading", ("grade this on a scale", "which response is it")),
        ("reasoning_asked", ("do it step by step", "思考过程")),
        ("trajectories", ("thought: i must\naction: look", "use <tool")),
    ],
)
def test_cues_are_a_share_of_the_exchanges_with_words(sent, store_of, measured, name, phrases):
    asked = [sent("x1", at, text) for at, text in enumerate((*phrases, "good morning", "good night"))]
    silent = [sent("x1", 9), sent("y1", 9), sent("z1", 9, "good morning")]
    assert measured(store_of(asked + silent), name) == {"x": 0.5, "z": 0.0}


def test_choices_per_prompt_counts_a_day_at_a_time(sent, store_of, measured):
    def drawn(who, prompts, days, n):
        return [
            sent(who, day * DAY_S + k, PROMPT.format(k), parameters=Parameters(n=n))
            for k in range(prompts)
            for day in days
        ]

    store = store_of(
        drawn("x1", 30, [0, 0], 2)  # each prompt twice a day, two choices each: 4
        + drawn("y1", 30, [0, 1], None)  # nightly: 1
        + drawn("z1", 29, [0, 0], 9)  # too few prompts to say
    )
    assert measured(store, "choices_per_prompt") == {"x": 4.0, "y": 1.0}


def test_collisions_are_prompts_of_several_accounts(sent, store_of, measured):
    sendings = [("x1", "a"), ("x2", "a"), ("x1", "b"), ("x2", "c"), ("x2", "c"), ("y1", "a"), ("y1", "a")]
    store = store_of(
        [sent(n, at, PROMPT.format(p)) for at, (n, p) in enumerate(sendings)]
        + [sent("x1", 9, "hi"), sent("x2", 9, "hi")]
    )
    assert measured(store, "collisions") == {"x": pytest.approx(1 / 3)}


def test_concealed_accounts_takes_a_verified_organization_as_one(sent, store_of, measured):
    def known(account, organization, verification):
        return {"account": account, "organization": organization, "verification": verification}

    directory = [
        known("x1", "acme", "business"),
        known("x2", "acme", "business"),
        known("x3", "acme", "none"),  # anyone may type a name
        known("x4", None, "business"),
        known("y1", "acme", None),
    ]
    store = store_of([sent(n) for n in ("x1", "x2", "x3", "x4", "y1", "y2")], accounts=directory)
    assert measured(store, "concealed_accounts") == {"x": 3.0, "y": 2.0}


def test_exchanges(sent, store_of, measured):
    assert measured(store_of([sent("x1"), sent("x2"), sent("y1"), sent(None)]), "exchanges") == {
        "x": 2.0,
        "y": 1.0,
    }


def test_follow_ups_from_ten_turns_on(sent, store_of, measured):
    def turns(who, count, text):
        before = [("user", "hi"), ("assistant", "gravity bends starlight")]
        return [sent(who, at, text, before=before) for at in range(count)]

    store = store_of(
        turns("x1", 5, "gravity whatever") + turns("x2", 5, "unrelated") + turns("y1", 9, "gravity")
    )
    assert measured(store, "follow_ups") == {"x": 0.25}


def test_gap_spread_is_the_middle_half_of_log_gaps(sent, store_of, measured):
    """Gaps of 1, 2, 4, ... seconds in equal numbers: logs 0 to 3, quartiles by linear interpolation."""
    at, times = 0.0, [0.0]
    for k in range(24):
        at += 2.0 ** (k % 4)
        times.append(at)
    store = store_of(
        [sent(f"x{k % 2}", t) for k, t in enumerate(times)]
        + [sent("y1", 10.0 * k) for k in range(22)]
        + [sent("z1", k) for k in range(20)]
    )
    # of 24 logs (six of each of 0, 1, 2, 3) the quartiles stand at places 5.75 and 17.25
    assert measured(store, "gap_spread") == {"x": pytest.approx(2.25 - 0.75), "y": 0.0}


def test_identities_per_payment(sent, store_of, measured):
    def known(account, card, organization, domain):
        return {
            "account": account,
            "payment_fingerprint": card,
            "organization": organization,
            "email_domain": domain,
        }

    directory = [
        known("x1", "card", None, "a.example"),
        known("x2", "card", None, "b.example"),
        known("x3", "card", "acme", "b.example"),
        known("x4", "own", None, "a.example"),
        known("y1", "card", None, "a.example"),
        known("z1", None, "acme", "a.example"),
    ]
    store = store_of([sent(row["account"]) for row in directory], accounts=directory)
    assert measured(store, "identities_per_payment") == {"x": 3.0, "y": 1.0}


def test_new_model_is_the_share_of_two_days_after_its_release(sent, store_of, measured):
    def traffic(who, models):
        before = [sent(who, k, model="old") for k in range(5)]
        return before + [sent(who, DAY_S + 1 + k, model=m) for k, m in enumerate(models)]

    store = store_of(
        traffic("x1", ["new"] * 4 + ["old"])
        + traffic("y1", ["new"] * 4)
        + [sent("x1", 3 * DAY_S + 60, model="old")],  # later than 48 hours
        models={"new": DAY_S},
    )
    assert measured(store, "new_model") == {"x": 0.8}


def test_overlap_of_one_worker_is_none_and_of_independent_accounts_is_one(sent, store_of, measured):
    def requests(who, step_s, took_s):
        return [
            sent(f"{who}{k % 2}", k * step_s, ended_at_s=1_759_708_800.0 + k * step_s + took_s)
            for k in range(60)
        ]

    store = store_of(requests("x", 10.0, 8.0) + requests("y", 10.0, 12.0) + requests("z", 10.0, 12.0)[:40])
    found = measured(store, "overlap")
    assert found["x"] == 0.0
    # 59 of 60 begin while the other account's runs; busy all the time, half of the time it is the other's
    assert found["y"] == pytest.approx(59 / 30)
    assert "z" not in found


def test_overlap_sees_less_than_a_second(sent, store_of, measured):
    """A worker that sends every 0.9 seconds and waits 0.8 for the reply never overlaps itself."""
    ends = [(0.9 * k, 1_759_708_800.0 + 0.9 * k + 0.8) for k in range(60)]
    store = store_of([sent(f"x{k % 2}", at, ended_at_s=end) for k, (at, end) in enumerate(ends)])
    assert measured(store, "overlap") == {"x": 0.0}


def test_public_prompts_are_those_of_others_an_hour_apart(sent, store_of, measured):
    sendings = [("x1", 0, "a"), ("y1", HOUR_S, "a"), ("x1", 0, "b"), ("y1", 60, "b"), ("x2", 9 * HOUR_S, "b")]
    sendings += [("x1", 0, "c"), ("x2", 5 * HOUR_S, "c"), ("y1", 0, "d")]
    store = store_of([sent(n, at, PROMPT.format(p)) for n, at, p in sendings])
    assert measured(store, "public_prompts") == {"x": pytest.approx(1 / 3), "y": pytest.approx(1 / 3)}


def test_quiet_hours_count_a_burst_once(sent, store_of, measured):
    day = [("x1", h * HOUR_S + d * DAY_S) for h in range(9, 17) for d in range(3)]
    burst = [("x1", 3 * HOUR_S + k) for k in range(50)]
    around = [("y1", h * HOUR_S) for h in range(24)]
    few = [("z1", h * HOUR_S) for h in range(23)]
    store = store_of([sent(*one) for one in day + burst + around + few])
    # 25 active hours: one a day of 3 o'clock is a quarter of the average 25/24, just as often
    assert measured(store, "quiet_hours") == {"x": 15.0, "y": 0.0}


def test_token_probabilities(sent, store_of, measured):
    asked = [sent("x1", k, parameters=Parameters(logprobs=k)) for k in range(3)]
    assert measured(store_of([*asked, sent("x1", 9), sent("y1", 9)]), "token_probabilities") == {
        "x": 0.75,
        "y": 0.0,
    }


def test_verified_is_a_share_of_exchanges_and_verified_people_of_accounts(sent, store_of, measured):
    directory = [{"account": "x1", "verification": "business"}, {"account": "x2", "verification": "identity"}]
    store = store_of([sent(n) for n in ("x1", "x1", "x1", "x2", "x3", "x4", "y1")], accounts=directory)
    assert measured(store, "verified") == {"x": 0.5, "y": 0.0}
    assert measured(store, "verified_people") == {"x": 0.25, "y": 0.0}


def test_turn_taking_is_chance_for_sitters_above_and_for_a_round_below(sent, store_of, measured):
    sittings = [sent(f"x{k // 20}", k * MINUTE_S) for k in range(40)]
    rounds = [sent(f"y{k % 2}", k * MINUTE_S) for k in range(40)]
    found = measured(store_of([*sittings, *rounds, sent("z1"), sent("z1", 1)]), "turn_taking")
    # of 39 turns 38 and 0 are the same account's; chance gives half
    assert found == {"x": pytest.approx(math.log2(39 / 20.5)), "y": pytest.approx(math.log2(1 / 20.5))}


def test_hours_apart_is_one_where_each_has_its_hour_and_none_where_all_share_the_day(
    sent, store_of, measured
):
    own = [sent(f"x{n}", day * DAY_S + hour * HOUR_S) for n, hour in ((1, 0), (2, 9)) for day in range(4)]
    shared = [sent(f"y{n}", k * 6 * HOUR_S) for n in (1, 2) for k in range(8)]
    found = measured(store_of([*own, *shared, sent("z1")]), "hours_apart")
    assert found == {"x": pytest.approx(1.0), "y": pytest.approx(-1 / 7)}


def test_days_apart_is_near_one_where_one_takes_over_from_the_other(sent, store_of, measured):
    over = [sent(f"x{n}", n * 5 * DAY_S + k * HOUR_S) for n in (1, 2) for k in range(6)]
    beside = [sent(f"y{n}", k * DAY_S) for n in (1, 2) for k in range(6)]
    found = measured(store_of(over + beside), "days_apart")
    assert found["x"] > 0.99
    assert found["y"] == pytest.approx(-1 / 5)


def test_requests_apart(sent, store_of, measured):
    own = [sent(f"x{n}", k, tokens_in=10**n + k % 2) for n in (1, 3) for k in range(6)]
    pool = [sent(f"y{n}", k, tokens_in=2**k) for n in (1, 3) for k in range(6)]
    found = measured(store_of([*own, *pool, sent("z1"), sent("z2")]), "requests_apart")
    assert found["x"] > 0.99
    assert found["y"] == pytest.approx(-1 / 5)
    assert "z" not in found


def test_topics_apart_is_nothing_for_one_pool(sent, store_of, measured):
    words = [f"w{k:02}" for k in range(40)]

    def prompt(k, of):
        return " ".join(of[(3 * k + j) % len(of)] for j in range(4))

    own = [sent(f"x{n}", k, prompt(k, words[20 * n : 20 * n + 20])) for n in (0, 1) for k in range(20)]
    pool = [sent(f"y{n}", k, prompt(k, words[:20])) for n in (0, 1) for k in range(20)]
    found = measured(store_of([*own, *pool, sent("z1", 0, "alone with its words")]), "topics_apart")
    assert found["x"] > 5
    # each prompt of the pool is also sent by the other, and never twice by one
    assert -0.5 < found["y"] < 0
    assert "z" not in found


def test_volume_spread(sent, store_of, measured):
    counts = {"x1": 2, "x2": 8, "y1": 5, "y2": 5, "z1": 9}
    store = store_of([sent(who, k) for who, n in counts.items() for k in range(n)])
    assert measured(store, "volume_spread") == {"x": 1.0, "y": 0.0}


def test_sign_up_spread(sent, store_of, measured):
    ages_h = {"x1": 0, "x2": 14, "y1": 7, "y2": 7, "z1": 3}
    known = [{"account": n, "created_at": age * HOUR_S} for n, age in ages_h.items()]
    store = store_of([sent(n) for n in ages_h], accounts=known)
    assert measured(store, "sign_up_spread") == {"x": 3.0, "y": 0.0}


def test_accounts_per_address(sent, store_of, measured):
    places = [("x1", "198.18.0.1"), ("x2", "198.18.0.1"), ("x2", "198.18.0.2"), ("y1", "198.18.0.1")]
    store = store_of([sent(who, address=place) for who, place in places] + [sent("z1")])
    assert measured(store, "accounts_per_address") == {"x": 1.5, "y": 1.0}


def test_systems_per_account(sent, store_of, measured):
    asked = [("x1", "be brief"), ("x1", "be kind"), ("x2", "be brief"), ("y1", None)]
    store = store_of([sent(who, k, "hello there", system=system) for k, (who, system) in enumerate(asked)])
    assert measured(store, "systems_per_account") == {"x": 1.5}


def test_distinct_prompts(sent, store_of, measured):
    asked = [("x1", "a"), ("x1", "a"), ("x2", "a"), ("y1", "b"), ("z1", None)]
    store = store_of([sent(who, k, text) for k, (who, text) in enumerate(asked)])
    assert measured(store, "distinct_prompts") == {"x": 0.75, "y": 1.0}


def test_exchanges_per_account_and_hour(sent, store_of, measured):
    store = store_of([sent("x1", k * 600) for k in range(12)] + [sent("x2"), sent("x2", DAY_S), sent("y1")])
    assert measured(store, "exchanges_per_account") == {"x": 7.0, "y": 1.0}
    assert measured(store, "exchanges_per_hour") == {"x": 3.5, "y": 1.0}


def test_units_are_said():
    assert all(feature.unit for feature in features().values())
