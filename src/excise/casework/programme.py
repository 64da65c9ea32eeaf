"""Programmes: contracts that allow harvesting.

They are applied once, last, to what detection has already said.
"""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from excise.detection.campaign import Campaign, Verdict


class Covered(Struct, frozen=True, kw_only=True):
    """A campaign, or the part of it, that a programme permits; it is exempt, and audited."""

    campaign: Campaign
    programme: str
    accounts: tuple[str, ...]


class Settled(Struct, frozen=True):
    """Verdicts and campaigns after programmes were applied."""

    verdicts: tuple[Verdict, ...]
    campaigns: tuple[Campaign, ...]
    covered: tuple[Covered, ...]


def settle(
    verdicts: tuple[Verdict, ...], campaigns: tuple[Campaign, ...], programmes: Mapping[str, str]
) -> Settled:
    """Exempt the accounts that a programme covers.

    A campaign all of whose accounts are covered is no campaign any more. One of which only a part is covered
    goes on for the others, and says so: a contract for one account does not cover forty.

    Args:
        verdicts: of detection.
        campaigns: of detection.
        programmes: the programme of each account that has one.
    """
    kept, covered = [], []
    for campaign in campaigns:
        inside = {account: programmes[account] for account in campaign.accounts if account in programmes}
        for programme in sorted(set(inside.values())):
            accounts = tuple(sorted(account for account, name in inside.items() if name == programme))
            covered.append(Covered(campaign=campaign, programme=programme, accounts=accounts))
        if len(inside) < len(campaign.accounts):
            kept.append(campaign)
    alive = {campaign.name for campaign in kept}
    settled = tuple(
        msgspec.structs.replace(verdict, verdict="permitted", campaign=None)
        if verdict.account in programmes
        else verdict
        for verdict in verdicts
    )
    unnamed = {verdict.campaign for verdict in settled if verdict.campaign} - alive
    if unnamed:
        raise ValueError(f"verdicts name campaigns that are not there: {sorted(unnamed)}")
    return Settled(settled, tuple(kept), tuple(covered))
