"""Actors that the evidence names become Campaigns: a sentence, reasons, and honest actors that look alike."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from excise.detection.because import links_of, why_one
from excise.detection.campaign import Because, Campaign, Lookalike
from excise.detection.judge import Judgement, campaign_name
from excise.linking.instants import seconds
from excise.store.tables import Asked

_LOOKALIKES = 3
_SIMILAR_WEIGHT = 0.5
_SAYS_PURPOSE = 0.1
_MOST_SENTENCES = 4
_ALREADY_SAID = "many_accounts"


class _Volume(NamedTuple):
    """What an actor sent, and when."""

    exchanges: int
    tokens_out: int
    started_at_s: float
    ended_at_s: float


def campaigns(judgement: Judgement, store: Asked) -> tuple[Campaign, ...]:
    """Return the campaigns that the evidence names, the strongest first."""
    volumes = _volumes(judgement, store)
    rank = judgement.weighing.rank
    rows = [row for row in range(len(judgement.actors)) if judgement.named(row)]
    rows.sort(key=lambda row: (-rank[row], judgement.actors[row]))
    return tuple(_campaign(judgement, row, rows, volumes) for row in rows)


def _campaign(judgement: Judgement, row: int, named: list[int], volumes: dict[str, _Volume]) -> Campaign:
    actor, volume = judgement.actors[row], volumes[judgement.actors[row]]
    linked = why_one(judgement.linking, judgement.ties, judgement.members[row])
    bits = round(float(judgement.bits[row]), 3)
    return Campaign(
        name=campaign_name(actor),
        actor=actor,
        sentence=_sentence(judgement, row),
        accounts=judgement.accounts(row),
        bits=bits,
        rank=round(float(judgement.weighing.rank[row]), 6),
        ceiling_bits=round(judgement.calibration.ceiling_bits, 3),
        exchanges=volume.exchanges,
        tokens_out=volume.tokens_out,
        started_at_s=volume.started_at_s,
        ended_at_s=volume.ended_at_s,
        because=judgement.because[row],
        links=links_of(judgement.linking, judgement.ties, judgement.members[row]),
        linked=linked,
        lookalikes=_lookalikes(judgement, row, volumes),
        particular=_particular(judgement, row, named),
    )


def _sentence(judgement: Judgement, row: int) -> str:
    """Say in one sentence who does what: the strongest signal with a purpose gives the purpose."""
    purposes = [
        purpose
        for because in judgement.because[row]
        if because.weight >= _SAYS_PURPOSE
        and (purpose := judgement.detectors[because.signal].purpose) is not None
    ]
    does = purposes[0] if purposes else "pull answers by script"
    count = len(judgement.members[row])
    if count == 1:
        verb, _, rest = does.partition(" ")
        return f"One account {verb if verb.endswith('ed') else verb + 's'} {rest}"
    return f"{count:,} accounts act as one and {does}"


def _particular(judgement: Judgement, row: int, named: list[int]) -> str:
    """Return the reason that weighs most beyond what it weighs, on average, for the other campaigns.

    That several accounts act as one is true of nearly all of them, and the headline says it already.
    """
    weights = judgement.weighing.by_detector
    others = [other for other in named if other != row]

    def beyond(reason: Because) -> float:
        return reason.weight - (float(weights[reason.signal][others].mean()) if others else 0.0)

    reasons = [reason for reason in judgement.because[row] if reason.weight >= _SAYS_PURPOSE]
    told = [reason for reason in reasons if reason.signal != _ALREADY_SAID] or reasons
    return max(told, key=beyond).text if told else ""


def _lookalikes(judgement: Judgement, row: int, volumes: dict[str, _Volume]) -> tuple[Lookalike, ...]:
    """Return the actors that came nearest to being named for the same reasons, and what sets them apart."""
    weights = judgement.weighing.by_detector
    mine = np.array([max(float(column[row]), 0.0) for column in weights.values()])
    theirs = np.stack([np.maximum(column, 0.0) for column in weights.values()])
    alike = np.minimum(theirs, mine[:, None]).sum(axis=0)
    innocent = judgement.bits < judgement.settings.named_at_bits
    near = np.flatnonzero(innocent & (alike > _SIMILAR_WEIGHT))
    order = near[np.lexsort((near, -judgement.weighing.rank[near], -alike[near]))]
    chosen = order[:_LOOKALIKES].tolist()
    return tuple(_lookalike(judgement, row, other, volumes) for other in chosen)


def _lookalike(judgement: Judgement, row: int, other: int, volumes: dict[str, _Volume]) -> Lookalike:
    mine = {because.signal: because for because in judgement.because[row]}
    theirs = {because.signal: because for because in judgement.because[other]}
    actor = judgement.actors[other]

    def positive(reasons: dict[str, Because], signal: str) -> bool:
        return signal in reasons and reasons[signal].weight >= _SIMILAR_WEIGHT

    shares = [
        because.text
        for signal, because in theirs.items()
        if positive(theirs, signal) and positive(mine, signal)
    ]
    differs = [because.text for because in theirs.values() if because.weight < 0]
    differs += [
        f"unlike the campaign: not that {because.text}"
        for signal, because in mine.items()
        if positive(mine, signal) and not positive(theirs, signal)
    ]
    return Lookalike(
        actor=actor,
        accounts=len(judgement.members[other]),
        exchanges=volumes[actor].exchanges,
        rank=round(float(judgement.weighing.rank[other]), 6),
        shares=tuple(shares[:_MOST_SENTENCES]),
        differs=tuple(differs[:_MOST_SENTENCES]),
    )


def _volumes(judgement: Judgement, store: Asked) -> dict[str, _Volume]:
    seen = store.tables.observations.filter(lambda t: t.account.notnull())
    table = store.run(
        seen.group_by("account").agg(
            n=seen.count(),
            out=seen.tokens_out.sum(),
            first=seen.started_at.min(),
            last=seen.started_at.max(),
        )
    )
    at = {account: place for place, account in enumerate(table["account"].to_pylist())}
    n, out = table["n"].to_numpy(), table["out"].fill_null(0).cast(pa.int64()).to_numpy()
    first, last = seconds(table["first"]), seconds(table["last"])
    found = {}
    for row, actor in enumerate(judgement.actors):
        places = np.array([at[account] for account in judgement.accounts(row)])
        found[actor] = _Volume(
            int(n[places].sum()),
            int(out[places].sum()),
            float(first[places].min()),
            float(last[places].max()),
        )
    return found
