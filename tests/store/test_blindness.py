"""What a store cannot show is said, with the setting that fixes it, the worst first."""

import pytest

from excise.ingest.gaps import gaps
from excise.store.blindness import _COLUMNS, blind_spots

DIRECTORY = [{"account": "a", "payment_fingerprint": "card", "created_at": 0}]
NETWORKS = [{"prefix": "198.18.0.0/16", "asn": 64500, "network": "wide", "kind": "hosting"}]
FULL = {
    "address": "198.18.0.1", "user_agent": "curl/8", "tls": "t13d", "session": "s", "reply": "good night",
    "tokens_out": 5, "tokens_in": 4, "ended_at_s": 1_759_708_900.0, "model": "m", "api_key": "k",
}  # fmt: skip
LITELLM = frozenset({"litellm"})


@pytest.fixture
def seeing(sent, store_of):
    """Returns the sentences of a store with ten exchanges that hold all but what is taken away."""

    def ask(*, without=(), formats=LITELLM, accounts=DIRECTORY, nets=NETWORKS, of=10, text="hello", **fields):
        whole = {name: value for name, value in FULL.items() if name not in without}
        exchanges = [sent("a", at, text, **(whole if at < of else FULL), **fields) for at in range(10)]
        return blind_spots(store_of(exchanges, accounts=accounts, nets=nets), formats)

    return ask


def test_a_log_that_holds_all_blinds_nothing(seeing):
    assert seeing() == ()


def test_an_empty_store_says_nothing(store_of):
    assert blind_spots(store_of([]), LITELLM) == ()


@pytest.mark.parametrize(
    ("field", "gap"),
    [
        ("address", "address"), ("user_agent", "user_agent"), ("tls", "tls"), ("session", "session"),
        ("reply", "reply_words"), ("tokens_out", "tokens"), ("ended_at_s", "ended_at"), ("model", "model"),
    ],
)  # fmt: skip
def test_each_missing_field_is_named_with_what_it_blinds(seeing, field, gap):
    (said,) = seeing(without=(field,))
    assert said.startswith(
        f"100% of exchanges have no {gaps()[gap].what}. That blinds: {gaps()[gap].blinds}."
    )
    fixes = gaps()[gap].fixes(LITELLM)
    assert said.endswith(f" To fix it: {fixes[0].setting}." if fixes else f"{gaps()[gap].blinds}.")


def test_missing_words_are_said(seeing):
    assert any(
        said.startswith("100% of exchanges have no words of the request") for said in seeing(text=None)
    )


def test_the_share_that_lacks_it_is_said_where_it_matters(seeing):
    assert seeing(without=("address",), of=3)[0].startswith("30% of exchanges have no network address.")
    assert seeing(without=("tls",), of=3) == ()  # half of all will do


def test_logs_cut_off_and_sampled_are_said(seeing):
    (truncated,) = seeing(truncated=True)
    (sampled,) = seeing(sampling_rate=0.1)
    assert truncated.startswith("100% of exchanges are truncated.")
    assert sampled.startswith("100% of exchanges are sampled.")


def test_settings_are_those_of_the_format_read(seeing):
    one, other = (seeing(without=("address",), formats=frozenset({name}))[0] for name in ("litellm", "kong"))
    assert one != other


def test_no_directory_is_the_worst(seeing):
    said = seeing(accounts=(), nets=(), without=("tls",))
    assert said[0].startswith("There is no account directory")
    assert "--accounts" in said[0]
    assert any("--networks" in one for one in said)


def test_a_directory_with_holes_is_said(seeing):
    said = seeing(accounts=[{"account": "a"}])
    assert len(said) == 2
    assert any("no payment_fingerprint" in one for one in said)
    assert any("no created_at" in one for one in said)


def test_addresses_that_no_list_places_are_said(seeing):
    elsewhere = [{"prefix": "10.0.0.0/8", "asn": 1, "network": "other", "kind": None}]
    (said,) = seeing(nets=elsewhere)
    assert "No list of networks" in said


def test_each_column_belongs_to_a_gap_that_is_explained():
    assert _COLUMNS.keys() <= gaps().keys()
    assert {"truncated", "sampled"} <= gaps().keys()
