"""Why: sentences and links of an actor, on the composed world."""

import numpy as np
import pytest

from excise.detection.because import links_of, reasons, why_one


def several(judgement):
    return [row for row, members in enumerate(judgement.members) if len(members) > 2]


def test_reasons_add_up_to_the_rank_of_every_actor(judgement):
    for row in range(len(judgement.actors)):
        because = reasons(judgement.weighing, judgement.detectors, row)
        assert because == judgement.because[row]
        assert judgement.weighing.prior + sum(one.weight for one in because) == pytest.approx(
            judgement.weighing.rank[row], abs=0.05 * len(judgement.detectors)
        )


def test_links_join_the_actors_own_accounts(judgement):
    for row in several(judgement):
        links = links_of(judgement.linking, judgement.ties, judgement.members[row])
        accounts = set(judgement.accounts(row))
        assert links
        assert [link.weight for link in links] == sorted((link.weight for link in links), reverse=True)
        for link in links:
            assert {link.one, link.other} <= accounts
            assert link.one != link.other
            assert link.weight > 0
            assert link.strands
            assert all(abs(strand.weight) >= 0.5 and strand.text for strand in link.strands)
            assert all(strand.block == judgement.ties[strand.tie].block for strand in link.strands)


def test_no_more_links_than_anybody_reads(judgement, monkeypatch):
    monkeypatch.setattr("excise.detection.because._MOST_LINKS", 2)
    row = several(judgement)[0]
    assert len(links_of(judgement.linking, judgement.ties, judgement.members[row])) == 2


def test_why_one_is_the_mean_over_the_links_inside(judgement):
    weighed = judgement.linking.weighed
    for row in several(judgement):
        members = judgement.members[row]
        mine = np.isin(weighed.one, members) & np.isin(weighed.other, members) & (weighed.weight > 0)
        found = why_one(judgement.linking, judgement.ties, members)
        assert found
        for one in found:
            assert one.weight == pytest.approx(float(weighed.by_tie[one.signal][mine].mean()), abs=1e-3)
            assert one.text


def test_one_account_needs_no_reason_to_be_one(judgement):
    row = next(row for row, members in enumerate(judgement.members) if len(members) == 1)
    assert why_one(judgement.linking, judgement.ties, judgement.members[row]) == ()
    assert links_of(judgement.linking, judgement.ties, judgement.members[row]) == ()
