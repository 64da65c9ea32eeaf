"""Cases follow their campaigns: opened, joined, left, merged and opened again as linking changes its mind.

What people have said of a case goes before: accounts that they put in stay, those that they left out stay
out, and a case that holds any is never merged by itself.
"""

from collections.abc import Collection, Iterable, Sequence

import msgspec
import sqlalchemy as sa

from excise.casework.case import CaseStatus, Happening, Outcome
from excise.casework.policy import Policy
from excise.casework.state import casebook, effects, exemption, membership, outbox
from excise.casework.state.among import among
from excise.casework.state.database import Reading, Row, Writing
from excise.casework.state.outbox import Message
from excise.casework.state.tables import CAMPAIGNS, CASE_ACCOUNTS, CASE_CAMPAIGNS, CASES
from excise.detection.campaign import Campaign

_WORTH_SAYING_BITS = 1.0


class Following:
    """One turn of following: the campaigns of a round, and the cases that they touch.

    Attributes:
        opened, reopened, merged, changed: the cases to which that happened.
    """

    def __init__(self, writing: Writing, policy: Policy, *, secret: bytes) -> None:
        self._writing = writing
        self._policy = policy
        self._secret = secret
        self.opened: list[str] = []
        self.reopened: list[str] = []
        self.merged: list[str] = []
        self.changed: list[str] = []

    def campaigns(self, found: Sequence[Campaign], gone: Collection[str]) -> None:
        """Let cases follow new and changed campaigns, the strongest first, and say which are gone."""
        writing = self._writing
        _write(writing, found)
        self._gone(gone)
        touched: dict[str, list[Campaign]] = {}
        for campaign in sorted(found, key=lambda one: (-one.rank, one.name)):
            if self._exempt(campaign):
                continue
            case = self._case_of(campaign)
            touched.setdefault(case, []).append(campaign)
        for case, mine in touched.items():
            self._follow(case, mine)

    def _exempt(self, campaign: Campaign) -> bool:
        """Say whether programmes cover all of a campaign: then it is no matter for a case."""
        covered = exemption.covered(self._writing, campaign.accounts, at_s=self._writing.now_s)
        return len(covered) == len(set(campaign.accounts))

    def _gone(self, gone: Collection[str]) -> None:
        writing, of = self._writing, CASES.c
        named = sa.and_(among(CAMPAIGNS.c.name, gone), CAMPAIGNS.c.gone_at_s.is_(None))
        writing.run(sa.update(CAMPAIGNS).where(named).values(gone_at_s=writing.now_s))
        still = sa.and_(among(of.campaign, gone), of.gone_at_s.is_(None), of.status != CaseStatus.MERGED)
        for case in writing.column(sa.select(of.id).where(still).order_by(of.id)):
            writing.run(sa.update(CASES).where(of.id == case).values(gone_at_s=writing.now_s))
            text = "detection no longer names its campaign, under this name"
            writing.note(Happening.GONE, text, case=case)

    def _case_of(self, campaign: Campaign) -> str:
        """Return the case of a campaign: its own, one whose accounts it has taken over, or a new one."""
        writing = self._writing
        found = casebook.of_campaign(writing, campaign.name) or self._taken_over(campaign)
        if found is None:
            found = casebook.begin(writing, campaign.sentence, campaign=campaign.name, actor=campaign.actor)
            self.opened.append(found)
            self._tell("case_opened", found, campaign)
        writing.put(CASE_CAMPAIGNS, [{"campaign": campaign.name, "case_id": found}])
        for other in self._swallowed(campaign, found):
            because = f"linking holds its accounts to be one owner with those of {campaign.name}"
            together = casebook.merge(writing, other, found, because, by_hand=False)
            effects.remake(writing, together, secret=self._secret)
            self.merged.append(other)
        return found

    def _taken_over(self, campaign: Campaign) -> str | None:
        """Return the case without a campaign that is named now, most of whose accounts a campaign holds."""
        for row, count in self._sharing(campaign):
            if 2 * count > row["size"] and (row["campaign"] is None or row["gone_at_s"] is not None):
                return str(row["id"])
        return None

    def _swallowed(self, campaign: Campaign, case: str) -> list[str]:
        """Return the other cases that a campaign has taken in, but for those that people marked or hold."""
        now_s = self._writing.now_s
        return [
            row["id"]
            for row, count in self._sharing(campaign)
            if row["id"] != case
            and row["campaign"] is not None
            and row["gone_at_s"] is not None
            and 2 * count > row["size"]
            and not (row["locked_by"] is not None and row["locked_until_s"] > now_s)
            and True not in membership.marks(self._writing, row["id"]).values()
        ]

    def _sharing(self, campaign: Campaign) -> list[tuple[Row, int]]:
        """Return the living cases that share accounts with a campaign, the one that shares most first."""
        member = CASE_ACCOUNTS.c
        shared = sa.select(member.case_id, sa.func.count().label("n")).where(
            among(member.account, campaign.accounts), member.live
        )
        counts = {row["case_id"]: row["n"] for row in self._writing.rows(shared.group_by(member.case_id))}
        rows = self._writing.rows(sa.select(CASES).where(among(CASES.c.id, counts)))
        found = [(row, counts[row["id"]]) for row in rows]
        return sorted(found, key=lambda one: (-one[1], one[0]["opened_at_s"], one[0]["id"]))

    def _follow(self, case: str, mine: Iterable[Campaign]) -> None:
        writing = self._writing
        row = writing.row(sa.select(CASES).where(CASES.c.id == case))
        assert row is not None, "a case that was just found is there"
        all_of_it = _campaigns_of(writing, case, mine)
        strongest = max(all_of_it, key=lambda one: (one.rank, one.name))
        accounts = {account for campaign in all_of_it for account in campaign.accounts}
        if row["status"] == CaseStatus.CLOSED and not self._reopened(row, strongest, accounts):
            return
        joined_or_left = membership.follow(writing, case, accounts, secret=self._secret)
        values: dict[str, object] = {
            "campaign": strongest.name,
            "actor": strongest.actor,
            "bits": strongest.bits,
            "rank": strongest.rank,
            "gone_at_s": None,
        }
        if not row["titled"]:
            values["title"] = strongest.sentence
        writing.run(sa.update(CASES).where(CASES.c.id == case).values(**values))
        membership.weigh(writing, case)
        if abs(strongest.bits - row["bits"]) >= _WORTH_SAYING_BITS and case not in self.opened:
            text = f"{strongest.bits:.1f} bits now, {row['bits']:.1f} before: {strongest.sentence}"
            writing.note(Happening.EVIDENCE, text, case=case)
        if case not in self.opened and (joined_or_left or any(row[k] != v for k, v in values.items())):
            self.changed.append(case)

    def _reopened(self, row: Row, strongest: Campaign, accounts: set[str]) -> bool:
        """Open a closed case again where much has changed since; say whether."""
        new = accounts - membership.inside(self._writing, row["id"])
        new = {one for one in new if membership.marks(self._writing, row["id"]).get(one, True)}
        more_bits = strongest.bits - (row["closed_bits"] or 0.0)
        if row["outcome"] == Outcome.CONFIRMED and new:
            because = f"{len(new):,} accounts joined the actor since it was closed"
        elif more_bits >= self._policy.cases.reopen_bits:
            because = f"it claims {more_bits:.1f} bits more than when it was closed"
        else:
            return False
        casebook.reopen(self._writing, row, because)
        self.reopened.append(row["id"])
        self._tell("case_reopened", row["id"], strongest)
        return True

    def _tell(self, event: str, case: str, campaign: Campaign) -> None:
        message = Message(
            event=event,
            title=campaign.sentence,
            text=f"{campaign.bits:.1f} bits, {len(campaign.accounts):,} accounts, "
            f"{campaign.exchanges:,} exchanges",
            at_s=self._writing.now_s,
            case=case,
        )
        outbox.post(self._writing, self._policy, message)


def _write(writing: Writing, found: Sequence[Campaign]) -> None:
    writing.put(
        CAMPAIGNS,
        [
            {
                "name": campaign.name,
                "actor": campaign.actor,
                "at_s": writing.now_s,
                "gone_at_s": None,
                "record": campaign,
            }
            for campaign in found
        ],
    )


def _campaigns_of(reading: Reading, case: str, known: Iterable[Campaign]) -> list[Campaign]:
    """Return all campaigns that are one case, those that were merged into it among them."""
    found = {campaign.name: campaign for campaign in known}
    ids = [case, *effects.merged_into(reading, [case])]
    of = CASE_CAMPAIGNS.c
    names = set(reading.column(sa.select(of.campaign).where(of.case_id.in_(ids))))
    missing = sorted(names - found.keys())
    rows = reading.rows(
        sa.select(CAMPAIGNS.c.record).where(among(CAMPAIGNS.c.name, missing), CAMPAIGNS.c.gone_at_s.is_(None))
    )
    for row in rows:
        campaign = msgspec.convert(row["record"], Campaign)
        found[campaign.name] = campaign
    return list(found.values())
