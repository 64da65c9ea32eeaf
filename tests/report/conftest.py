"""Made-up findings: the shape of a real week, campaigns of several kinds and sizes, and hostile names."""

import numpy as np
import pytest
from msgspec import structs

from excise.detection.campaign import Because, Campaign, Lookalike
from excise.linking.actor import Link, Strand
from excise.report.findings import (
    AccountFacts,
    Bins,
    Calibration,
    Event,
    Findings,
    Permitted,
    Totals,
    VerdictCounts,
)

START_S = 1_759_276_800.0  # 2025-10-01
HOURS = 24 * 14
CEILING = 13.3

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    '"><svg onload=alert(3)>',
    "'-alert(4)-'",
    "{{ 7 * 7 }}{% raw %}",
    "acct\u202egpj.exe",
    "nul\x00in\x07side\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "lone\ud800surrogate",
    "[bold red]markup[/bold red]",
    "<a href='https://evil.example/'>click</a>",
    "javascript:alert(5)",
    "</style><style>body{display:none}",
    "<!--",
    "]]>\u2028\u2029&lt;b&gt;",
    "$\\alpha$ %{x} \r\n\ttab",
    "z" + "\u0301" * 400,
    "L" * 100_000,
    "",
)

SENTENCES = (
    ("shared_script", 7.4, "{n} accounts send the same 212-word instruction, seen in no other account"),
    ("interleaved_clock", 6.1, "their requests interleave without overlap, 24 hours a day for 11 days"),
    (
        "reasoning_traces",
        4.2,
        "93 % of requests ask for the reasoning itself; the median account of this log asks in 2 %",
    ),
    ("opened_together", 3.3, "{n} accounts were opened within 3 days"),
    ("one_card_many_names", 2.1, "4 payment instruments pay for {n} accounts under 17 names"),
    ("no_reading", 1.6, "in 98 % of follow-ups nothing depends on the reply before"),
    ("machine_hours", 0.9, "no hour of the day holds less than 3.6 % of requests"),
    ("long_answers", -0.6, "answers are shorter than those of harvesters seen before (median 310 tokens)"),
    ("verified_business", -2.4, "2 of the accounts belong to a verified business"),
)

TIES = (
    ("instruction", "script", "the same 212-word instruction"),
    ("payment", "payment", "the same payment instrument"),
    ("subnet", "network", "the same /24, which 3 other owners use"),
    ("opened", "sign_up", "opened 14 minutes apart"),
    ("relay", "time", "one starts within 40 s of the other's end, 61 times of 66"),
)


LOOKALIKES = (
    Lookalike(
        actor="actor-course-cs224",
        accounts=64,
        exchanges=5120,
        rank=3.1,
        shares=("64 accounts send prompts from one template", "most were opened in one week"),
        differs=(
            "each has hours of its own and sleeps at night",
            "identical prompts come at unrelated times, as homework does",
            "half of the follow-ups depend on the reply before",
        ),
    ),
    Lookalike(
        actor="actor-batch-9",
        accounts=1,
        exchanges=88_000,
        rank=1.4,
        shares=("runs around the clock",),
        differs=("one account, one payer, a verified business",),
    ),
)


def campaign(name, size, seed, *, names=None, exchanges_each=180, new=False, joined=0):
    """Invent a campaign of ``size`` accounts and the facts of its accounts."""
    random = np.random.default_rng(seed)
    accounts = tuple(names) if names else tuple(f"acct_{seed:02d}{i:05x}" for i in range(size))
    rank = round(sum(weight for _, weight, _ in SENTENCES), 3)
    bits = min(CEILING, 8.0 + seed)
    facts = [
        _facts(account, place / len(accounts), exchanges_each, random)
        for place, account in enumerate(accounts)
    ]
    facts = [structs.replace(line, rank=rank, bits=bits) for line in facts]
    made = Campaign(
        name=name,
        actor=f"actor-{seed}",
        sentence=f"{len(accounts):,} accounts act as one and pull reasoning traces",
        accounts=accounts,
        bits=bits,
        rank=rank,
        ceiling_bits=CEILING,
        exchanges=sum(line.exchanges for line in facts),
        tokens_out=sum(line.tokens_out for line in facts),
        started_at_s=min(line.first_at_s for line in facts),
        ended_at_s=max(line.last_at_s for line in facts),
        because=tuple(
            Because(signal=s, weight=w, text=t.format(n=f"{len(accounts):,}")) for s, w, t in SENTENCES
        ),
        links=_links(accounts, random),
        linked=(
            Because(
                signal="instruction", weight=6.2, text="the same 212-word instruction, in no other account"
            ),
            Because(signal="payment", weight=1.1, text="4 payment instruments pay for all of them"),
        ),
        lookalikes=LOOKALIKES,
        new=new,
        joined=accounts[:joined],
    )
    return made, facts


def _facts(account, share, exchanges_each, random):
    """Invent an account that is active for some days, beginning at a share of the period."""
    begin = int(share * HOURS * 0.7)
    end = min(HOURS, begin + int(random.integers(30, 130)))
    day = 1 + 0.6 * np.sin(np.arange(begin, end) / 24 * 2 * np.pi)
    counts = random.poisson(exchanges_each / max(end - begin, 1) * day, end - begin)
    counts[0] += 1
    bins = np.flatnonzero(counts)
    exchanges = int(counts.sum())
    return AccountFacts(
        account=account,
        created_at_s=START_S - float(random.integers(0, 3 * 86400)),
        first_at_s=START_S + 3600.0 * (begin + int(bins[0])) + 61,
        last_at_s=START_S + 3600.0 * (begin + int(bins[-1])) + 3000,
        exchanges=exchanges,
        tokens_out=int(exchanges * random.integers(400, 900)),
        addresses=int(random.integers(1, 40)),
        networks=int(random.integers(1, 9)),
        verification="card" if random.random() < 0.3 else None,
        bins=tuple(int(begin + b) for b in bins),
        counts=tuple(int(counts[b]) for b in bins),
    )


def _links(accounts, random):
    """Tie each account to one to three of those that came shortly before it."""
    links = {}
    for place in range(1, len(accounts)):
        for _ in range(int(random.integers(1, 4))):
            one, other = sorted((accounts[place], accounts[int(random.integers(max(0, place - 12), place))]))
            ties = [TIES[int(i)] for i in random.choice(len(TIES), int(random.integers(1, 4)), replace=False)]
            weights = [float(round(random.normal(5, 2), 2)) for _ in ties]
            links[one, other] = Link(
                one=one,
                other=other,
                weight=float(round(random.gamma(4, 2), 2)),
                strands=tuple(
                    Strand(tie=tie, block=block, weight=weight, text=text)
                    for (tie, block, text), weight in zip(ties, weights, strict=True)
                ),
            )
    return tuple(links.values())


def findings(campaigns, **changes):
    """Put campaigns into findings of a made-up week."""
    made = [c for c, _ in campaigns]
    facts = [line for _, lines in campaigns for line in lines]
    events = [
        Event(at_s=START_S + 3600 * 80, kind="release", name="vast-3"),
        Event(at_s=START_S + 3600 * 190, kind="release", name="vast-3-mini"),
        Event(at_s=START_S - 86400 * 30, kind="release", name="vast-2"),
    ]
    events += [
        Event(at_s=line.last_at_s, kind="suspension", name="terms", account=line.account)
        for line in facts[::9]
    ]
    events += [
        Event(at_s=line.last_at_s, kind="silence", name="", account=line.account) for line in facts[4::13]
    ]
    shape = {
        "title": "Week 41",
        "generated_at_s": START_S + 15 * 86400.0,
        "started_at_s": START_S,
        "ended_at_s": START_S + HOURS * 3600.0,
        "totals": Totals(
            exchanges=61_204,
            accounts=2_512,
            actors=2_140,
            rejected=17,
            accountless=204,
            bytes_read=365_000_000,
        ),
        "campaigns": tuple(made),
        "permitted": (
            Permitted(
                actor="actor-7",
                programme="evaluation partners",
                accounts=3,
                exchanges=9120,
                tokens_out=4_100_000,
                rank=9.4,
            ),
        ),
        "verdicts": VerdictCounts(distillation=len(facts), none=2_512, permitted=3),
        "accounts": tuple(facts),
        "bins": Bins(origin_s=START_S, width_s=3600.0),
        "events": tuple(events),
        "blind": (
            "12 % of exchanges hold no reply text. For LiteLLM set `global_disable_no_log_param: true`.",
            "The log names no TLS fingerprint: clients that share a stack are tied by user agent alone.",
        ),
        "previous_at_s": START_S + 8 * 86400.0,
        "gone": ("campaign-quiet-otter",),
        "calibration": Calibration(ceiling_bits=CEILING, effective_units=10_085),
        "seed": 7,
        "version": "0.1.0",
        "settings": "b1946ac92492",
    }
    return Findings(**{**shape, **changes})


@pytest.fixture(scope="session")
def week():
    """Three campaigns of 41, 9 and 120 accounts."""
    return findings(
        [
            campaign("amber-heron", 41, 11, new=True),
            campaign("copper-finch", 9, 3, joined=4),
            campaign("slate-marten", 120, 5),
        ]
    )


@pytest.fixture(scope="session")
def dozen():
    """Twelve campaigns with 300 accounts in all: what the page must be quick for."""
    return findings([campaign(f"campaign-{i:02d}", 25, i) for i in range(1, 13)])


@pytest.fixture(scope="session")
def crowd():
    """One campaign of 5,000 accounts, and a small one."""
    return findings([campaign("vast-herring", 5000, 12, exchanges_each=20), campaign("copper-finch", 9, 3)])


@pytest.fixture(scope="session")
def hostile():
    """Everything that can be a string is hostile, and what can be not a number is."""
    return hostile_findings()


def hostile_findings():
    """Build findings in which every text is an attack."""
    made, facts = campaign("x", len(HOSTILE), 6, names=HOSTILE)
    nasty = HOSTILE[:-2]
    evil = "".join(nasty)
    links = tuple(
        Link(
            one=link.one,
            other=link.other,
            weight=link.weight,
            strands=tuple(
                Strand(tie=evil, block=nasty[i % len(nasty)], weight=s.weight, text=evil)
                for s in link.strands
            ),
        )
        for i, link in enumerate(made.links)
    )
    because = tuple(
        Because(signal=text, weight=float(i), text=text * 3) for i, text in enumerate(nasty, start=-3)
    )
    because += (
        Because(signal="nan", weight=float("nan"), text="nan"),
        Because(signal="inf", weight=float("inf"), text="inf"),
    )
    campaigns = [
        (
            Campaign(
                name=text,
                actor=text,
                sentence=text,
                accounts=HOSTILE,
                bits=float("nan") if text == "<!--" else 9.0,
                rank=float("-inf") if text == "<!--" else 9.0,
                ceiling_bits=CEILING,
                exchanges=0,
                tokens_out=0,
                started_at_s=float("nan"),
                ended_at_s=1e300,
                because=because,
                links=links,
                linked=because,
                lookalikes=(
                    Lookalike(
                        actor=text, accounts=1, exchanges=1, rank=float("nan"), shares=(text,), differs=nasty
                    ),
                ),
                joined=HOSTILE,
            ),
            facts if place == 0 else [],
        )
        for place, text in enumerate(HOSTILE)
    ]
    return findings(
        campaigns,
        title=evil,
        version=evil,
        settings=evil,
        blind=HOSTILE,
        gone=HOSTILE,
        permitted=tuple(
            Permitted(actor=text, programme=text, accounts=1, exchanges=1, tokens_out=1, rank=float("nan"))
            for text in nasty
        ),
        events=tuple(
            Event(at_s=START_S + 3600 * i, kind="release", name=text) for i, text in enumerate(nasty)
        ),
    )


@pytest.fixture(scope="session")
def invent():
    """Invent a campaign and its accounts' facts."""
    return campaign


@pytest.fixture(scope="session")
def compose():
    """Put campaigns into findings."""
    return findings
