import msgspec
import pytest

from excise.ingest.clocks import Clocks, Silence
from excise.ingest.decoding import Notice
from excise.ingest.exchange import Exchange, Parameters, Turn
from excise.ingest.findings import Finding, findings
from excise.ingest.presence import Counts


def found(
    *exchanges: Exchange, silences: tuple[Silence, ...] = (), formats: str = "litellm"
) -> dict[str, Finding]:
    counts, clocks = Counts(), Clocks(latest_s=1.8e9)
    counts.add(exchanges, "user")
    clocks.add("log", exchanges)
    all_of = findings(
        counts, clocks, silences, frozenset({formats}), lines=len(exchanges), rejected=0, notices=[]
    )
    return {one.name: one for one in all_of}


def exchange(number: int, **fields: object) -> Exchange:
    named = {"record_id": f"r{number}", "started_at_s": 1.76e9 + number + 0.5, **fields}
    return Exchange(**named)  # type: ignore[arg-type]


FULL = {
    "user": "ann",
    "address": "::1",
    "user_agent": "curl",
    "tls": "t",
    "api_key": "k",
    "session": "s",
    "model": "m",
    "turns": (Turn("user", "hi"),),
    "reply": "x",
    "tokens_out": 1,
}


def full(number: int) -> Exchange:
    return exchange(number, ended_at_s=1.76e9 + number + 1, parameters=Parameters(temperature=1.0), **FULL)


def test_a_full_log_has_nothing_to_say() -> None:
    assert found(*map(full, range(50))) == {}


def test_a_log_without_accounts_says_that_first() -> None:
    first = next(iter(found(*(exchange(i) for i in range(30))).values()))
    assert (first.name, first.present) == ("account", 0.0)
    assert first.says == "all of the 30 exchanges have no account"
    assert first.fixes[-1].format == "any"


@pytest.mark.parametrize(
    ("change", "name", "says"),
    [
        ({"address": None}, "address", "50.0% of the 40 exchanges have no network address"),
        ({"turns": None}, "request_words", "50.0% of the 40 exchanges have no words of the request"),
        ({"ended_at_s": 1.0}, "ends_before_start", "20 of 40 exchanges end before they start"),
        ({"truncated": True}, "truncated", "the log marks 50.0% of 40 exchanges as cut"),
        (
            {"sampling_rate": 0.1},
            "sampled",
            "50.0% of exchanges stand for others: as few as 10.0% of traffic is kept",
        ),
        ({"started_at_s": 1.9e9}, "ahead_of_time", "20 of 40 exchanges start later than the present"),
    ],
)
def test_each_lack_is_said_with_numbers(change: dict[str, object], name: str, says: str) -> None:
    good = [full(i) for i in range(20)]
    bad = [msgspec.structs.replace(full(i), **change) for i in range(20, 40)]
    one = found(*good, *bad)[name]
    assert one.says == says
    assert one.present == 0.5
    assert one.blinds


def test_withheld_words_are_told_from_missing_ones() -> None:
    good = [full(i) for i in range(20)]
    gone = {"user": "bob", "reply": None, "redacted": True}
    hidden = [msgspec.structs.replace(full(i), **gone) for i in range(20, 40)]
    one = found(*good, *hidden)["withheld_replies"]
    assert one.says == "50.0% of 40 exchanges withhold the reply's words; 1 of 2 accounts do in all of theirs"
    assert any("global_disable_no_log_param" in fix.setting for fix in one.fixes)
    assert any("allow_dynamic_callback_disabling" in fix.setting for fix in one.fixes)


def test_whole_seconds_and_silence() -> None:
    coarse = [msgspec.structs.replace(full(i), started_at_s=1.76e9 + i) for i in range(30)]
    silence = Silence(1_759_712_400.0, 1_759_719_600.0, 70.0)
    all_of = found(*coarse, silences=(silence, silence))
    assert all_of["whole_seconds"].says == "all of 30 exchanges start on a whole second"
    assert all_of["silence"].says == (
        "nothing from 2025-10-06 01:00 UTC to 2025-10-06 03:00 UTC, "
        "where about 70 exchanges were to be expected; 1 more such silences"
    )
    assert all_of["silence"].present == pytest.approx(30 / 170)


def test_lines_are_judged_even_where_none_was_read() -> None:
    notices = [Notice("log.gz", 5, "the gzip stream ends early"), Notice("b", 0, "x")]
    one, other = findings(Counts(), Clocks(), [], frozenset(), lines=4, rejected=4, notices=notices)
    assert {one.says, other.says} == {
        "4 of 4 lines could not be read",
        "log.gz: the gzip stream ends early, and 1 more",
    }
