"""What a scan found, put together for the report: judgement, programmes, and facts about accounts."""

from collections.abc import Mapping

import msgspec
import numpy as np
import pyarrow as pa
from msgspec import Struct

from excise.casework.programme import Covered, Settled
from excise.detection.campaign import Campaign
from excise.detection.judge import Judgement
from excise.linking.instants import seconds
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
from excise.store.tables import Asked

_HOUR_S, _DAY_S = 3_600.0, 86_400.0
_LONGEST_BY_HOUR_S = 60 * _DAY_S


class Reading(Struct, frozen=True, kw_only=True):
    """What reading the logs came to, and what could not be seen."""

    rejected: int = 0
    accountless: int = 0
    bytes_read: int = 0
    blind: tuple[str, ...] = ()


class Previous(Struct, frozen=True, kw_only=True):
    """What the last scan into the same store found: its campaigns and their accounts.

    Kept in the store as a note.
    """

    at_s: float
    campaigns: dict[str, tuple[str, ...]]


def findings(
    store: Asked,
    judgement: Judgement,
    settled: Settled,
    *,
    title: str,
    now_s: float,
    reading: Reading,
    previous: Previous | None,
    seed: int,
    version: str,
    settings: str,
) -> Findings:
    """Put a report's material together; the arguments are what the fields of ``Findings`` are made of."""
    seen = store.tables.observations
    span = store.run(seen.agg(n=seen.count(), first=seen.started_at.min(), last=seen.started_at.max()))
    exchanges = int(span["n"][0].as_py())
    first_s, last_s = (
        (float(seconds(span["first"])[0]), float(seconds(span["last"])[0])) if exchanges else (now_s, now_s)
    )
    width_s = _HOUR_S if last_s - first_s <= _LONGEST_BY_HOUR_S else _DAY_S
    bins = Bins(origin_s=first_s // width_s * width_s, width_s=width_s)
    named = sorted({account for campaign in settled.campaigns for account in campaign.accounts})
    verdicts = [verdict.verdict for verdict in settled.verdicts]
    campaigns = tuple(compared(settled, previous))
    return Findings(
        title=title,
        generated_at_s=now_s,
        started_at_s=first_s,
        ended_at_s=last_s,
        totals=Totals(
            exchanges=exchanges,
            accounts=len(settled.verdicts),
            actors=len(judgement.actors),
            rejected=reading.rejected,
            accountless=reading.accountless,
            bytes_read=reading.bytes_read,
        ),
        campaigns=campaigns,
        permitted=tuple(_permitted(covered) for covered in settled.covered),
        verdicts=VerdictCounts(
            distillation=verdicts.count("distillation"),
            none=verdicts.count("none"),
            permitted=verdicts.count("permitted"),
        ),
        accounts=_facts(store, named, settled, bins),
        bins=bins,
        events=_releases(store, first_s, last_s),
        blind=reading.blind,
        previous_at_s=previous.at_s if previous else None,
        gone=gone(settled, previous),
        calibration=Calibration(
            ceiling_bits=judgement.calibration.ceiling_bits,
            effective_units=judgement.calibration.effective_units,
            shift_bits=judgement.calibration.shift_bits,
            prior_bits=judgement.weighing.prior,
        ),
        seed=seed,
        version=version,
        settings=settings,
    )


def compared(settled: Settled, previous: Previous | None) -> list[Campaign]:
    """Mark which campaigns, and which of their accounts, the last scan did not have.

    A campaign is known where it has an account that a campaign of the last scan had, whatever it is called
    now.
    """
    if previous is None:
        return list(settled.campaigns)
    before = {account for accounts in previous.campaigns.values() for account in accounts}
    found = []
    for campaign in settled.campaigns:
        new = before.isdisjoint(campaign.accounts)
        joined = () if new else tuple(account for account in campaign.accounts if account not in before)
        found.append(msgspec.structs.replace(campaign, new=new, joined=joined))
    return found


def gone(settled: Settled, previous: Previous | None) -> tuple[str, ...]:
    """Return the campaigns of the last scan none of whose accounts is in a campaign now."""
    now = {account for campaign in settled.campaigns for account in campaign.accounts}
    earlier = previous.campaigns if previous else {}
    return tuple(sorted(name for name, accounts in earlier.items() if now.isdisjoint(accounts)))


def _permitted(covered: Covered) -> Permitted:
    return Permitted(
        actor=covered.campaign.actor,
        programme=covered.programme,
        accounts=len(covered.accounts),
        exchanges=covered.campaign.exchanges,
        tokens_out=covered.campaign.tokens_out,
        rank=covered.campaign.rank,
    )


def _releases(store: Asked, first_s: float, last_s: float) -> tuple[Event, ...]:
    table = store.run(store.tables.releases)
    at_s = seconds(table["released_at"])
    named = sorted(zip(at_s.tolist(), table["model"].to_pylist(), strict=True))
    return tuple(Event(at_s=at, kind="release", name=model) for at, model in named if first_s <= at <= last_s)


def _facts(store: Asked, named: list[str], settled: Settled, bins: Bins) -> tuple[AccountFacts, ...]:
    """Return a line about each account of a campaign."""
    if not named:
        return ()
    tables = store.tables
    mine = store.keep("named", pa.table({"account": pa.array(named, pa.string())}))
    seen = tables.observations.semi_join(mine, "account")
    table = store.run(
        seen.group_by("account").agg(
            n=seen.count(),
            out=seen.tokens_out.sum(),
            first=seen.started_at.min(),
            last=seen.started_at.max(),
            addresses=seen.address.nunique(),
        )
    )
    placed = seen.join(tables.addresses, "address")
    networks = _column(store.run(placed.group_by("account").agg(value=placed.asn.nunique())))
    known = {row["account"]: row for row in store.run(tables.accounts.semi_join(mine, "account")).to_pylist()}
    hours = store.run(seen.group_by("account", hour=seen.started_at.truncate("h")).agg(n=seen.count()))
    activity = _activity(hours, bins)
    verdicts = {verdict.account: verdict for verdict in settled.verdicts}
    first, last = seconds(table["first"]).tolist(), seconds(table["last"]).tolist()
    lines = []
    for at, row in enumerate(table.drop_columns(["first", "last"]).to_pylist()):
        account = row["account"]
        facts = known.get(account, {})
        created = facts.get("created_at")
        lines.append(
            AccountFacts(
                account=account,
                created_at_s=created.timestamp() if created else None,
                first_at_s=first[at],
                last_at_s=last[at],
                exchanges=row["n"],
                tokens_out=int(row["out"] or 0),
                addresses=row["addresses"],
                networks=networks.get(account, 0),
                verification=facts.get("verification"),
                programme=facts.get("programme"),
                rank=verdicts[account].rank,
                bits=verdicts[account].bits,
                bins=activity[account][0],
                counts=activity[account][1],
            )
        )
    return tuple(sorted(lines, key=lambda line: line.account))


def _column(table: pa.Table) -> Mapping[str, int]:
    return dict(zip(table["account"].to_pylist(), table["value"].to_pylist(), strict=True))


def _activity(hours: pa.Table, bins: Bins) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Count each account's exchanges in the bins."""
    bin_ = ((seconds(hours["hour"]) - bins.origin_s) // bins.width_s).astype(np.int64)
    counted = pa.table({"account": hours["account"], "bin": bin_, "n": hours["n"]})
    counted = counted.group_by(["account", "bin"]).aggregate([("n", "sum")])
    counted = counted.sort_by([("account", "ascending"), ("bin", "ascending")])
    found: dict[str, tuple[list[int], list[int]]] = {}
    columns = (counted["account"].to_pylist(), counted["bin"].to_pylist(), counted["n_sum"].to_pylist())
    for account, at, n in zip(*columns, strict=True):
        bins_of, counts_of = found.setdefault(account, ([], []))
        bins_of.append(at)
        counts_of.append(n)
    return {account: (tuple(at), tuple(n)) for account, (at, n) in found.items()}
