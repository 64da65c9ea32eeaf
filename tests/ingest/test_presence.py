import pytest

from excise.ingest.exchange import Exchange, Parameters, Turn
from excise.ingest.presence import Counts


def exchange(number: int, **fields: object) -> Exchange:
    return Exchange(record_id=f"r{number}", started_at_s=1.76e9 + number, **fields)  # type: ignore[arg-type]


def counted(*exchanges: Exchange, account_field: str = "user") -> Counts:
    counts = Counts()
    counts.add(exchanges, account_field)
    return counts


def shares(counts: Counts) -> dict[str, float]:
    return {one.field: one.share for one in counts.presences()}


def test_shares_are_of_all_exchanges_and_of_those_that_succeeded() -> None:
    counts = counted(
        exchange(0, user="ann", address="::1", tokens_out=5, reply="x"),
        exchange(1, user="ann", outcome="failure"),
        exchange(2, parameters=Parameters(temperature=0.0)),
        exchange(3, tokens_out=5),
    )
    found = shares(counts)
    assert (found["account"], found["address"], found["parameters"]) == (0.5, 0.25, 0.25)
    assert (found["reply_words"], found["tokens"]) == (1 / 3, 2 / 3)
    assert counts.accounts() == 1


def test_nothing_counted() -> None:
    assert set(shares(Counts()).values()) == {0.0}
    assert Counts().duplicate_share() == 0.0


def test_accounts_by_field() -> None:
    counts = counted(exchange(0, user="a", team="t"), exchange(1, user="b", team="t"), exchange(2, user="a"))
    assert counts.accounts_by_field() == {
        "api_key": 0,
        "user": 2,
        "team": 1,
        "organization": 0,
        "end_user": 0,
        "address": 0,
    }


def test_opting_out_is_by_account_and_by_what_is_withheld() -> None:
    words = (Turn("user", "hi"),)
    hidden = [exchange(i, user="hides", redacted=True) for i in range(3)]
    half = [exchange(i, user="half", redacted=True, turns=words) for i in range(3, 6)]
    some = [exchange(i, user="some", turns=words, reply="x") for i in range(6, 9)] + [
        exchange(9, user="some", redacted=True)
    ]
    counts = counted(*hidden, *half, *some)
    assert (counts.withheld_requests, counts.withheld_replies) == (4, 7)
    assert (counts.opted_out_requests(), counts.opted_out_replies()) == (1, 2)


def test_doubles_are_found() -> None:
    once = [exchange(number) for number in range(4_000)]
    assert counted(*once).duplicate_share() == 0.0
    assert counted(*once, *once).duplicate_share() == pytest.approx(0.5, abs=1e-3)


def test_unmarked_cuts_are_seen_by_many_texts_of_one_greatest_length() -> None:
    cut = [exchange(i, turns=(Turn("user", f"{i:04}" + "x" * 2_044),)) for i in range(40)]
    short = [exchange(i, turns=(Turn("user", "y" * i),)) for i in range(100, 200)]
    (one,) = counted(*cut, *short).limits()
    assert (one.field, one.characters, one.texts) == ("request_words", 2_048, 40)
    same = [exchange(i, turns=(Turn("user", "x" * 2_048),)) for i in range(40)]
    assert counted(*same).limits() == ()  # one text sent forty times is a script, not a cut


def test_sampling() -> None:
    counts = counted(exchange(0, sampling_rate=0.25), exchange(1, sampling_rate=0.5), exchange(2))
    assert (counts.sampled, counts.sampling_rate) == (2, 0.25)
