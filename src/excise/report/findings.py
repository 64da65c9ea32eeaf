"""What a scan hands over to be told. Numbers, names and sentences; no words of exchanges."""

import math
from typing import Literal

from msgspec import Struct

from excise.detection.campaign import Campaign


class Totals(Struct, frozen=True, kw_only=True):
    """What was read. ``accountless`` exchanges named no account; ``rejected`` lines could not be read."""

    exchanges: int
    accounts: int
    actors: int
    rejected: int = 0
    accountless: int = 0
    bytes_read: int = 0


class VerdictCounts(Struct, frozen=True, kw_only=True):
    """How many accounts got which verdict."""

    distillation: int = 0
    none: int = 0
    permitted: int = 0


class Permitted(Struct, frozen=True, kw_only=True):
    """An actor that a programme covers: shown because it is audited, never counted as a campaign."""

    actor: str
    programme: str
    accounts: int
    exchanges: int
    tokens_out: int
    rank: float


class Event(Struct, frozen=True, kw_only=True):
    """A moment to mark on a timeline.

    Of everyone (``account`` is None): a model's release, a decision and its end, what somebody did by hand to
    which accounts belong together. Of one account: its suspension, its sudden silence, or that it began when
    others had to stop. ``name`` is the model, the reason, or what was done in words.
    """

    at_s: float
    kind: Literal["release", "decision", "undone", "hand", "suspension", "silence", "begin"]
    name: str
    account: str | None = None


class Bins(Struct, frozen=True, kw_only=True):
    """The grid that activity is counted on: bin i starts at ``origin_s + i * width_s`` (epoch seconds, UTC).

    Take hours (3,600) for a scan of up to about two months and days (86,400) beyond; figures merge bins
    further.
    """

    origin_s: float = 0.0
    width_s: float = 3600.0


class AccountFacts(Struct, frozen=True, kw_only=True):
    """One account of a campaign: the line about it, and when it was active.

    ``bins`` and ``counts`` go together: ``counts[k]`` exchanges in bin ``bins[k]`` of ``Findings.bins``; bins
    without an exchange are left out. ``networks`` counts autonomous systems, ``addresses`` distinct
    addresses.

    >>> AccountFacts(account="a1", exchanges=3, bins=(4, 7), counts=(1, 2)).counts
    (1, 2)
    """

    account: str
    created_at_s: float | None = None
    first_at_s: float | None = None
    last_at_s: float | None = None
    exchanges: int = 0
    tokens_out: int = 0
    addresses: int = 0
    networks: int = 0
    verification: str | None = None
    programme: str | None = None
    rank: float | None = None
    bits: float | None = None
    bins: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()


class Calibration(Struct, frozen=True, kw_only=True):
    """What supports the claimed bits: so many independent honest units bear claims up to so many bits.

    ``shift_bits`` is what this log's own bulk took off every claim; it is already off the ceiling.
    ``prior_bits`` is what the weigher starts from before any reason is heard (at most 0).
    """

    ceiling_bits: float
    effective_units: float
    shift_bits: float = 0.0
    prior_bits: float = 0.0


class Portrait(Struct, frozen=True, kw_only=True):
    """One campaign with all that its figures need."""

    campaign: Campaign
    accounts: tuple[AccountFacts, ...]
    bins: Bins = Bins()
    events: tuple[Event, ...] = ()
    prior_bits: float = 0.0
    seed: int = 0


class Findings(Struct, frozen=True, kw_only=True):
    """All that a scan found, ready to be told.

    Times are epoch seconds (UTC). ``accounts`` holds the accounts of campaigns; others are not needed here.
    ``previous_at_s`` is when the last scan into the same store was made, None for the first. ``gone`` names
    campaigns of that scan which this one no longer sees. ``blind`` are sentences: what the scan could not
    see, and the setting that fixes it. ``settings`` is a digest of all settings, so that two reports can be
    compared.

    >>> findings = Findings(title="Week 41", generated_at_s=0.0, started_at_s=0.0, ended_at_s=0.0,
    ...     totals=Totals(exchanges=0, accounts=0, actors=0), campaigns=())
    >>> findings.portraits()
    ()
    """

    title: str
    generated_at_s: float
    started_at_s: float
    ended_at_s: float
    totals: Totals
    campaigns: tuple[Campaign, ...]
    permitted: tuple[Permitted, ...] = ()
    verdicts: VerdictCounts = VerdictCounts()
    accounts: tuple[AccountFacts, ...] = ()
    bins: Bins = Bins()
    events: tuple[Event, ...] = ()
    blind: tuple[str, ...] = ()
    previous_at_s: float | None = None
    gone: tuple[str, ...] = ()
    calibration: Calibration | None = None
    seed: int = 0
    version: str = ""
    settings: str = ""

    def ranked(self) -> tuple[Campaign, ...]:
        """Return the campaigns, strongest first: by bits, then rank, then name."""
        return tuple(sorted(self.campaigns, key=lambda c: (-_least(c.bits), -_least(c.rank), c.name)))

    def portraits(self) -> tuple[Portrait, ...]:
        """Return each campaign with its accounts' facts and the events that concern it, in ranked order.

        An account without facts gets a line that holds its name alone, so that no account is lost.
        """
        facts = {line.account: line for line in self.accounts}
        portraits = []
        for campaign in self.ranked():
            its = frozenset(campaign.accounts)
            portraits.append(
                Portrait(
                    campaign=campaign,
                    accounts=tuple(
                        facts.get(name) or AccountFacts(account=name) for name in campaign.accounts
                    ),
                    bins=self.bins,
                    events=tuple(
                        event for event in self.events if event.account is None or event.account in its
                    ),
                    prior_bits=self.calibration.prior_bits if self.calibration else 0.0,
                    seed=self.seed,
                )
            )
        return tuple(portraits)


def _least(value: float) -> float:
    """Order what is not a number after every number."""
    return float("-inf") if math.isnan(value) else value
