"""Each tie through a shared value, on sixteen accounts of which two (or so) share something.

The weight that is expected is worked out beside each: log2(agreement x owners / owners who carry the value).
"""

from math import log2

import pytest

from excise.ingest.exchange import Parameters
from excise.linking.link import ties
from excise.linking.ties import Sharing

NAMES = [f"a{n:02d}" for n in range(16)]
LONG = "write a hard question about the subject of optics for students"  # eleven words
PAIR = ("a00", "a01")


@pytest.fixture
def sixteen(sent, store_of):
    """Makes a store in which every account sends one exchange, with fields of its own."""

    def make(field, shared, own, **more):
        return store_of(
            [sent(n, at, **{field: shared if at < 2 else own(at)}) for at, n in enumerate(NAMES)], **more
        )

    return make


def test_address(sixteen, tied):
    store = sixteen("address", "198.18.0.1", lambda at: f"198.19.{at}.1")
    assert tied(store, "address") == {PAIR: pytest.approx(log2(0.3 * 16 / 2))}


def test_an_address_of_many_says_nothing(sixteen, tied):
    store = sixteen("address", "198.18.0.1", lambda at: "198.18.0.1" if at < 8 else f"198.19.{at}.1")
    assert tied(store, "address") == {}  # 0.3 x 16 / 8 is under one


@pytest.mark.parametrize(
    ("places", "shared"),
    [
        (("198.18.0.1", "198.18.0.200"), True),
        (("198.18.0.1", "198.18.1.1"), False),
        (("2001:db8:7:1::1", "2001:db8:7:ffff::9"), True),
        (("2001:db8:7::1", "2001:db8:8::1"), False),
        (("nonsense", "nonsense"), False),
    ],
)
def test_address_block(sent, store_of, tied, places, shared):
    places = [*places, *(f"198.19.{at}.1" for at in range(14))]
    store = store_of([sent(n, at, address=p) for at, (n, p) in enumerate(zip(NAMES, places, strict=True))])
    assert tied(store, "address_block") == ({PAIR: pytest.approx(log2(0.4 * 16 / 2))} if shared else {})


def test_client_takes_agent_and_fingerprint_together(sent, store_of, tied):
    fingerprints = ["t1", "t1", "t2", *(f"own{n}" for n in range(13))]
    store = store_of([sent(n, at, user_agent="curl/8", tls=fingerprints[at]) for at, n in enumerate(NAMES)])
    assert tied(store, "client") == {PAIR: pytest.approx(log2(0.4 * 16 / 2))}


@pytest.mark.parametrize(("others", "counts"), [(4, True), (5, False)])
def test_client_counts_from_a_fifth_of_the_requests_on(sent, store_of, tied, others, counts):
    agents = [(n, "rare") for n in PAIR] + [(n, f"own-{n}") for n in NAMES for _ in range(others)]
    store = store_of([sent(n, at, user_agent=agent) for at, (n, agent) in enumerate(agents)])
    assert (PAIR in tied(store, "client")) == counts


def test_credential(sixteen, tied):
    store = sixteen("api_key", "key", lambda at: f"key {at}")
    assert tied(store, "credential") == {PAIR: pytest.approx(log2(0.2 * 16 / 2))}


def test_payment_and_mail_domain_are_of_the_directory(sent, store_of, tied):
    known = [
        {
            "account": n,
            "payment_fingerprint": "card" if at < 3 else f"card {at}",
            "email_domain": "Shop.example" if at == 0 else "shop.EXAMPLE" if at == 1 else "mail.example",
        }
        for at, n in enumerate(NAMES)
    ]
    store = store_of([sent(n, at) for at, n in enumerate(NAMES)], accounts=known)
    three = {("a00", "a01"), ("a00", "a02"), ("a01", "a02")}
    assert tied(store, "payment") == dict.fromkeys(three, pytest.approx(log2(0.5 * 16 / 3)))
    # fourteen accounts at one public provider: 0.5 x 16 / 14 is under one
    assert tied(store, "mail_domain") == {PAIR: pytest.approx(log2(0.5 * 16 / 2))}


def test_an_account_that_sent_nothing_is_tied_to_nobody(sent, store_of, tied):
    known = [{"account": n, "payment_fingerprint": "card"} for n in ("a00", "never")]
    assert tied(store_of([sent(n, 0) for n in NAMES], accounts=known), "payment") == {}


def test_instruction_is_the_system_prompt_word_for_word(sent, store_of, tied):
    store = store_of(
        [
            sent(n, at, LONG, system="Be brief!" if at == 0 else "be  BRIEF" if at == 1 else f"be {n}")
            for at, n in enumerate(NAMES)
        ]
    )
    assert tied(store, "instruction") == {PAIR: pytest.approx(log2(0.8 * 16 / 2))}


@pytest.mark.parametrize(("without", "counts"), [(19, True), (20, False)])
def test_instruction_counts_from_a_twentieth_of_the_requests_on(sent, store_of, tied, without, counts):
    once = [sent(n, 0, LONG, system="be brief") for n in PAIR]
    store = store_of(once + [sent(n, at, LONG) for n in NAMES for at in range(without)])
    assert (PAIR in tied(store, "instruction")) == counts


def test_opening_is_of_the_first_words_or_the_last(sent, store_of, tied):
    def text(n, at):
        if n in PAIR:
            return f"come and write me a poem about {n} and {'x' * (at + 1)} and more of the very same"
        if n == "a02":
            return f"{'x' * (at + 1)} starts it off on another track about {n} and more of the very same"
        return " ".join(f"{n}w{at}x{k}y" for k in range(14))

    store = store_of([sent(n, at, text(n, at)) for n in NAMES for at in range(2)])
    found = tied(store, "opening")
    # first words: two owners carry them; last words: three. The stronger counts.
    assert found == {
        PAIR: pytest.approx(log2(0.7 * 16 / 2)),
        ("a00", "a02"): pytest.approx(log2(0.7 * 16 / 3)),
        ("a01", "a02"): pytest.approx(log2(0.7 * 16 / 3)),
    }


def test_an_opening_used_once_is_none(sent, store_of, tied):
    assert tied(store_of([sent(n, 0, LONG + " and teachers too") for n in PAIR]), "opening") == {}


@pytest.mark.parametrize(("turns", "counts"), [(5, True), (4, False)])
def test_replay_takes_four_turns_of_history(sent, store_of, tied, turns, counts):
    history = [("user" if at % 2 == 0 else "assistant", f"said {at}") for at in range(turns - 1)]
    store = store_of(
        [sent(n, at, f"go on {n}", before=history if at < 2 else [("user", n)]) for at, n in enumerate(NAMES)]
    )
    assert tied(store, "replay") == ({PAIR: pytest.approx(log2(0.3 * 16 / 2))} if counts else {})


def test_replay_knows_a_signature_again(sixteen, tied):
    store = sixteen("signatures", ("first", "sealed"), lambda at: (f"sealed {at}",))
    assert tied(store, "replay") == {PAIR: pytest.approx(log2(0.3 * 16 / 2))}


def test_sampler_takes_all_settings_together(sixteen, tied):
    store = sixteen(
        "parameters",
        Parameters(temperature=0.73, n=4),
        lambda at: Parameters(temperature=0.73, n=4, max_tokens=at),
    )
    assert tied(store, "sampler") == {PAIR: pytest.approx(log2(0.8 * 16 / 2))}


def test_default_settings_of_everybody_say_nothing(sixteen, tied):
    assert tied(sixteen("parameters", Parameters(), lambda _: Parameters()), "sampler") == {}


def test_template_is_what_recurs_in_an_accounts_own_prompts(sent, store_of, tied):
    def text(n, at):
        if n in PAIR:
            return f"{LONG} number {at} {n} {'abcdefgh'[at] * 3}"
        return " ".join(f"{n}w{at}x{k}y" for k in range(14))

    store = store_of([sent(n, at, text(n, at)) for n in NAMES for at in range(4)])
    assert tied(store, "template") == {PAIR: pytest.approx(log2(0.8 * 16 / 2))}


def test_a_prompt_in_common_is_no_template(sent, store_of, tied):
    """A run that stands in one or two of an account's prompts is not its boilerplate."""
    store = store_of([sent(n, at, LONG) for n in PAIR for at in range(2)])
    assert tied(store, "template") == {}


def test_toolset(sixteen, tied):
    store = sixteen(
        "parameters",
        Parameters(tools="[search]", tool_count=1),
        lambda at: Parameters(tools=f"[t{at}]", tool_count=1),
    )
    assert tied(store, "toolset") == {PAIR: pytest.approx(log2(0.6 * 16 / 2))}


@pytest.mark.parametrize(
    "name", ["address", "client", "credential", "instruction", "replay", "toolset", "address_block"]
)
def test_what_a_log_lacks_ties_nobody(name, sent, store_of, tied):
    assert tied(store_of([sent(n, at) for at, n in enumerate(NAMES)]), name) == {}


def test_sentences_say_who_else_carries_a_value():
    alone = Sharing(inside=3, size=4, outside=0)
    assert (
        ties()["payment"].sentence(alone)
        == "3 of 4 accounts are paid with one instrument, which no other account does"
    )
    assert (
        ties()["address"]
        .sentence(Sharing(inside=2, size=2, outside=1))
        .endswith("which 1 other account does too")
    )
    assert (
        ties()["opening"]
        .sentence(Sharing(inside=2, size=2, outside=1_200))
        .endswith("1,200 other accounts do too")
    )
    assert "the same 212-word instruction" in ties()["instruction"].sentence(
        Sharing(inside=2, size=2, outside=0, detail=212.0)
    )
