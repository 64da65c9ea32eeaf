"""Judging: what may change a verdict, and what may not."""

import gzip
import json
from itertools import pairwise

import numpy as np
import pytest

from excise.detection.calibration import Reference
from excise.detection.judge import Settings, actor_name, campaign_name, judge

SEED = 5


def verdicts(store, **changed):
    return judge(store, seed=SEED, settings=Settings(named_at_bits=4.0), **changed).verdicts()


def test_every_account_gets_one_verdict(judgement):
    found = judgement.verdicts()
    accounts = [verdict.account for verdict in found]
    assert accounts == sorted(set(accounts)) == judgement.linking.evidence.accounts.to_pylist()
    rows = [account for row in range(len(judgement.actors)) for account in judgement.accounts(row)]
    assert sorted(rows) == accounts
    for verdict in found:
        assert (verdict.verdict == "distillation") == (verdict.bits >= 4.0) == (verdict.campaign is not None)
        assert verdict.campaign in (None, campaign_name(verdict.actor))
        assert verdict.decided_at is None
    # the world says something: some are named, most are not, and actors of several accounts are among them
    named = [verdict for verdict in found if verdict.campaign]
    assert 0 < len(named) < len(found) / 2
    assert max(len(members) for members in judgement.members) > 3


def test_accounts_of_one_actor_get_one_verdict(judgement):
    by_actor = {}
    for verdict in judgement.verdicts():
        by_actor.setdefault(verdict.actor, set()).add(
            (verdict.rank, verdict.bits, verdict.campaign, verdict.because)
        )
    assert all(len(said) == 1 for said in by_actor.values())


def test_bits_go_with_rank(judgement):
    bears = judgement.weighing.profiles["exchanges"] / 2
    assert (judgement.bits <= bears).all()
    free = np.flatnonzero(bears > judgement.calibration.ceiling_bits)
    order = free[np.argsort(judgement.weighing.rank[free])]
    assert len(order) > 10
    assert (np.diff(judgement.bits[order]) >= 0).all()
    assert judgement.bits.max() <= judgement.calibration.ceiling_bits


def test_an_actor_is_named_after_its_first_account(judgement):
    for row, actor in enumerate(judgement.actors):
        assert actor == actor_name(min(judgement.accounts(row)))


def test_the_same_seed_gives_the_same_judgement(store, judgement):
    assert verdicts(store) == judgement.verdicts()


def test_the_order_of_the_log_and_reading_it_twice_change_nothing(world, open_store, judgement, tmp_path):
    """The log is shuffled, cut into three files of other sizes, and one of them is read twice."""
    with gzip.open(world / "log.litellm.jsonl.gz", "rb") as packed:
        lines = packed.readlines()
    shuffled = np.random.default_rng(8).permutation(len(lines))
    logs = []
    for at, (begin, end) in enumerate(pairwise([0, 7, len(lines) // 3, len(lines)])):
        logs.append(tmp_path / f"part-{at}.jsonl")
        logs[-1].write_bytes(b"".join(lines[line] for line in shuffled[begin:end]))
    with open_store(tmp_path, logs=[*logs, logs[2]]) as again:
        assert verdicts(again) == judgement.verdicts()


def test_country_language_and_name_change_nothing(world, open_store, judgement, tmp_path):
    """Rule 3: no prior by nationality. Countries are dealt anew, and languages and people's names added."""
    rows = [json.loads(line) for line in (world / "accounts.jsonl").read_bytes().splitlines()]
    draw = np.random.default_rng(9)
    countries = draw.permutation([row["country"] for row in rows]).tolist()
    assert countries != [row["country"] for row in rows]
    languages, names = draw.choice(["zh", "en", "ru", "de"], len(rows)), draw.permutation(len(rows))
    for row, country, language, name in zip(rows, countries, languages.tolist(), names.tolist(), strict=True):
        row |= {"country": country, "language": language, "name": f"Name {name}", "passport": country}
    changed = tmp_path / "accounts.jsonl"
    changed.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with open_store(tmp_path, accounts=changed) as store:
        assert verdicts(store) == judgement.verdicts()


def test_another_secret_changes_no_actor(open_store, judgement, tmp_path):
    """Samples of words differ under another key, so ranks move a little; who acts with whom hardly does."""
    with open_store(tmp_path, secret=bytes([7]) * 32) as store:
        found = verdicts(store)
    mine = {verdict.account: verdict for verdict in judgement.verdicts()}
    moved = [verdict.account for verdict in found if verdict.actor != mine[verdict.account].actor]
    assert len(moved) <= len(found) / 20
    assert np.corrcoef([v.rank for v in found], [mine[v.account].rank for v in found])[0, 1] > 0.97


def test_the_reference_decides_what_a_rank_is_worth(store):
    nothing = Reference((0.0, 1.0), (1.0, 0.0), 1, 1)
    assert {verdict.verdict for verdict in verdicts(store, against=nothing)} == {"none"}


def test_nobody_is_judged_too(store_of):
    assert judge(store_of([]), seed=0).verdicts() == ()


@pytest.mark.parametrize("name", ["", "\ud800", "x" * 1000])
def test_any_account_has_a_name(name):
    assert actor_name(name).startswith("actor-")
    assert len(campaign_name(actor_name(name))) == len("campaign-") + 8


def test_progress_is_told(sent, store_of):
    said: list[str] = []
    judge(store_of([sent("a", text="hello"), sent("b")]), seed=0, watch=said.append)
    assert said[0] == "asking for ties"
    assert "measuring quiet hours" in said
