"""Programmes are applied last: they permit accounts, and never hide the rest of a campaign."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.casework.programme import Allowance, Programme, covering, settle
from excise.detection.campaign import Campaign, Verdict


def campaign(name: str, *accounts: str) -> Campaign:
    return Campaign(
        name=name,
        actor=f"actor-{name}",
        sentence="",
        accounts=accounts,
        bits=10.0,
        rank=9.0,
        ceiling_bits=11.0,
        exchanges=5,
        tokens_out=7,
        started_at_s=0.0,
        ended_at_s=1.0,
        because=(),
        links=(),
    )


def verdict(account: str, of: str | None = None) -> Verdict:
    return Verdict(
        account=account,
        actor=f"actor-{of or account}",
        rank=9.0,
        bits=10.0 if of else 0.0,
        campaign=of,
        verdict="distillation" if of else "none",
        decided_at=3.0,
        because=(),
    )


CAMPAIGNS = (campaign("one", "a", "b"), campaign("two", "c", "d", "e"))
VERDICTS = (*(verdict(n, "one") for n in "ab"), *(verdict(n, "two") for n in "cde"), verdict("f"))


def test_without_programmes_nothing_changes() -> None:
    settled = settle(VERDICTS, CAMPAIGNS, {})
    assert (settled.verdicts, settled.campaigns, settled.covered) == (VERDICTS, CAMPAIGNS, ())


def test_a_campaign_that_is_covered_in_full_is_none() -> None:
    settled = settle(VERDICTS, CAMPAIGNS, {"a": "research", "b": "research"})
    assert settled.campaigns == CAMPAIGNS[1:]
    (covered,) = settled.covered
    assert (covered.campaign, covered.programme, covered.accounts) == (CAMPAIGNS[0], "research", ("a", "b"))
    assert [v.verdict for v in settled.verdicts] == ["permitted"] * 2 + ["distillation"] * 3 + ["none"]
    assert [v.campaign for v in settled.verdicts[:2]] == [None, None]


def test_a_contract_for_one_account_does_not_cover_the_others() -> None:
    settled = settle(VERDICTS, CAMPAIGNS, {"c": "research"})
    assert settled.campaigns == CAMPAIGNS
    assert [(c.programme, c.accounts) for c in settled.covered] == [("research", ("c",))]
    by_account = {v.account: v for v in settled.verdicts}
    assert (by_account["c"].verdict, by_account["c"].campaign) == ("permitted", None)
    assert (by_account["d"].verdict, by_account["d"].campaign) == ("distillation", "two")


def test_several_programmes_may_cover_one_campaign() -> None:
    settled = settle(VERDICTS, CAMPAIGNS, {"c": "zeta", "d": "alpha", "e": "zeta"})
    assert settled.campaigns == CAMPAIGNS[:1]
    assert [(c.programme, c.accounts) for c in settled.covered] == [("alpha", ("d",)), ("zeta", ("c", "e"))]


def test_what_the_evidence_says_stays_beside_the_permission() -> None:
    """Permitted is not unseen: rank, bits, reasons and the moment are kept for the audit."""
    before, after = VERDICTS[0], settle(VERDICTS, CAMPAIGNS, {"a": "research"}).verdicts[0]
    assert msgspec.structs.replace(after, verdict="distillation", campaign="one") == before


def test_a_programme_of_an_account_without_a_campaign_permits_it_too() -> None:
    settled = settle(VERDICTS, CAMPAIGNS, {"f": "evaluation", "never seen": "evaluation"})
    assert settled.verdicts[-1].verdict == "permitted"
    assert settled.covered == ()


def test_verdicts_and_campaigns_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\['two'\]"):
        settle(VERDICTS, CAMPAIGNS[:1], {})


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["p", "q"])))
def test_every_account_is_permitted_or_as_it_was(programmes: dict[str, str]) -> None:
    settled = settle(VERDICTS, CAMPAIGNS, programmes)
    for before, after in zip(VERDICTS, settled.verdicts, strict=True):
        assert after == before if before.account not in programmes else after.verdict == "permitted"
    alive = {c.name for c in settled.campaigns}
    assert {v.campaign for v in settled.verdicts if v.campaign} == alive
    for one in CAMPAIGNS:
        covered = {a for c in settled.covered if c.campaign == one for a in c.accounts}
        assert covered == programmes.keys() & set(one.accounts)
        assert (one.name in alive) == (covered != set(one.accounts))


def test_who_is_covered_when() -> None:
    def programme(name: str, *accounts: str, ended_at_s: float | None = None) -> Programme:
        return Programme(
            name=name,
            contract="c",
            starts_at_s=10.0,
            until_s=20.0,
            accounts=accounts,
            added_by="ann",
            added_at_s=5.0,
            ended_at_s=ended_at_s,
        )

    known = [programme("lab", "x"), programme("old", "y", ended_at_s=12.0)]
    named = {"z": "lab", "w": "partner", "v": "old"}
    assert covering(known, named, at_s=15.0) == {"x": "lab", "z": "lab", "w": "partner"}
    assert covering(known, named, at_s=20.0) == {"w": "partner"}
    assert covering(known, named, at_s=9.9) == {"w": "partner"}
    assert Allowance(tokens_out=5).exceeded_by(10**9, 5) is None
    assert Allowance(tokens_out=5).exceeded_by(0, 6) == "6 tokens out of the 5 that it allows"
    assert programme("lab").runs(at_s=10.0)
