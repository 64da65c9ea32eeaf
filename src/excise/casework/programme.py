"""Programmes: contracts that allow harvesting.

They are applied once, last, to what detection has already said: in a scan to its verdicts, in a deployment
in the making of effects. A programme covers the accounts that it lists, and those to which the provider's
account directory gives its name; it ends by itself, and when what it allows is exceeded.
"""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from excise.detection.campaign import Campaign, Verdict


class Allowance(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all accounts of a programme together may take over its term; None does not limit."""

    exchanges: int | None = None
    tokens_out: int | None = None

    def exceeded_by(self, exchanges: int, tokens_out: int) -> str | None:
        """Say what exceeds it, None where nothing does.

        >>> Allowance(exchanges=10).exceeded_by(12, 0)
        '12 exchanges of the 10 that it allows'
        """
        for name, used, most in (
            ("exchanges", exchanges, self.exchanges),
            ("tokens out", tokens_out, self.tokens_out),
        ):
            if most is not None and used > most:
                return f"{used:,} {name} of the {most:,} that it allows"
        return None


class Programme(Struct, frozen=True, kw_only=True):
    """A contract that allows harvesting, as it stands.

    Attributes:
        contract: where it is written: a number, a link, a sentence.
        starts_at_s, until_s: epoch seconds; it covers from the one and before the other.
        accounts: those that it lists, sorted.
        ended_at_s, ended_because: of one that was ended before its time, by a person or an exceeded limit.
    """

    name: str
    contract: str
    starts_at_s: float
    until_s: float
    accounts: tuple[str, ...] = ()
    limits: Allowance = Allowance()
    added_by: str
    added_at_s: float
    ended_at_s: float | None = None
    ended_because: str | None = None

    def runs(self, *, at_s: float) -> bool:
        """Say whether it covers its accounts at a moment."""
        return self.ended_at_s is None and self.starts_at_s <= at_s < self.until_s


def covering(programmes: Iterable[Programme], named: Mapping[str, str], *, at_s: float) -> dict[str, str]:
    """Return the programme of each account that one covers at a moment.

    Args:
        programmes: those that are known, the ended among them.
        named: the programme of accounts in the provider's directory. A name that no known programme has
            covers without limits: the provider says so, and it is audited. One whose programme has ended
            covers nothing.
        at_s: epoch seconds.
    """
    known = {programme.name: programme for programme in programmes}
    found = {
        account: name for account, name in named.items() if name not in known or known[name].runs(at_s=at_s)
    }
    for name, programme in sorted(known.items()):
        if programme.runs(at_s=at_s):
            found.update(dict.fromkeys(programme.accounts, name))
    return found


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
