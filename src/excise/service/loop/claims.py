"""What is claimed of accounts and was handed on: only what changed is handed on again."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from excise.casework.standing import Round, Standing
from excise.detection.campaign import Campaign
from excise.detection.judge import actor_name
from excise.detection.naming import campaigns
from excise.service.loop import portraits
from excise.service.loop.delta import Again, Group
from excise.service.loop.looks import Look, Looks
from excise.service.loop.standings import Known, Said, Sent, sent, standings
from excise.service.loop.whole import Settings, Whole, portraits_of, said_of
from excise.store import durable
from excise.store.tables import Asked


class Memory(Struct, frozen=True):
    """What outlives the process: what looks found, and the campaigns that were handed on.

    ``whole_at_s`` says which judgement of everything was handed on last, by when it was made (epoch seconds).
    """

    looks: dict[str, Look]
    campaigns: tuple[Campaign, ...]
    whole_at_s: float


class Claims:
    """What is claimed now.

    Args:
        folder: where it is remembered, and where the portraits of campaigns are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looks = Looks({})
        self._said: dict[str, Said] = {}
        self._campaigns: dict[str, Campaign] = {}
        self._named: dict[str, Standing] = {}
        self._handed: dict[str, int] = {}
        self._whole_at_s = float("-inf")

    def of_whole(self, whole: Whole) -> Round:
        """Claim what a judgement of everything says."""
        self._take(whole)
        self._looks = Looks(_looks(whole))
        self._whole_at_s = whole.at_s
        now = {campaign.name: campaign for campaign in whole.campaigns}
        gone = tuple(sorted(self._campaigns.keys() - now.keys()))
        self._campaigns = now
        for portrait in whole.portraits:
            portraits.write(self._folder / portraits.FOLDER, portrait)
        portraits.keep_only(self._folder / portraits.FOLDER, now)
        changed = self._changed(whole.standings)
        return Round(at_s=whole.at_s, standings=changed, campaigns=whole.campaigns, gone=gone)

    def recall(self, whole: Whole) -> bool:
        """Go on where an earlier process was killed, from the last judgement of everything.

        Returns:
            Whether that judgement was handed on.
        """
        self._take(whole)
        self._looks = Looks(_looks(whole))
        self._campaigns = {campaign.name: campaign for campaign in whole.campaigns}
        try:
            memory = msgspec.msgpack.decode(self._memory.read_bytes(), type=Memory)
        except (FileNotFoundError, msgspec.MsgspecError):
            return False
        self._looks = Looks(memory.looks)
        self._campaigns = {campaign.name: campaign for campaign in memory.campaigns}
        self._whole_at_s = memory.whole_at_s
        return memory.whole_at_s == whole.at_s

    def of_turn(
        self,
        again: Again,
        store: Asked,
        known: Mapping[str, Known],
        *,
        now_s: float,
        settings: Settings,
    ) -> Round:
        """Claim what a turn found.

        Args:
            again: what it judged.
            store: what it was judged on.
            known: what the directory says of its accounts.
            now_s: the present, epoch seconds.
            settings: see ``Settings``.
        """
        sent_by = sent(again.rows)
        judgement = again.judgement
        bits = np.zeros(len(judgement.bits))
        for group in again.groups:
            if group.joins is None:
                found = float(judgement.bits[group.row])
                until_s = max(sent_by[account].ended_at_s for account in group.accounts)
                bits[group.row] = self._looks.claim(
                    group.accounts[0], found, until_s=until_s, before=group.before
                )
        judgement = msgspec.structs.replace(judgement, bits=bits)
        named = campaigns(judgement, store)
        stand: list[Standing] = []
        for group in again.groups:
            if group.joins is None:
                said = said_of(judgement, group.row)
                for owner in group.before:
                    self._said.pop(owner, None)
                self._said[group.accounts[0]] = said
            else:
                said = self._said.get(group.joins) or Said(actor_name(group.joins), 0.0, 0.0, None, ())
            stand += standings(group.accounts, said, sent_by, known)
        changed_campaigns = {campaign.name: campaign for campaign in named}
        changed_campaigns |= self._joined(again.groups)
        gone = self._gone(again.groups, changed_campaigns)
        for name in gone:
            del self._campaigns[name]
        self._campaigns |= changed_campaigns
        for portrait in portraits_of(store, judgement, named, now_s=now_s, settings=settings):
            portraits.write(self._folder / portraits.FOLDER, portrait)
        changed = self._changed(stand)
        return Round(
            at_s=now_s,
            standings=changed,
            campaigns=tuple(changed_campaigns[name] for name in sorted(changed_campaigns)),
            gone=gone,
        )

    @property
    def named(self) -> frozenset[str]:
        """The accounts of campaigns."""
        return frozenset(self._named)

    def of_more(self, came: Mapping[str, Sent]) -> tuple[Standing, ...]:
        """Return the standings of accounts of campaigns that sent more and were not judged again."""
        more = []
        for account in came.keys() & self._named.keys():
            one = self._named[account]
            before = Sent(one.exchanges, one.tokens_out, one.started_at_s, one.ended_at_s)
            more.append(_exposed(one, before.and_(came[account])))
        return self._changed(sorted(more, key=lambda one: one.account))

    def of_exactly(self, sent_by: Mapping[str, Sent]) -> tuple[Standing, ...]:
        """Return the standings of accounts of campaigns that have sent other than they say."""
        exact = [_exposed(self._named[account], sent_by[account]) for account in sorted(sent_by)]
        return self._changed(exact)

    @property
    def _memory(self) -> Path:
        return self._folder / "claims.msgpack"

    def _take(self, whole: Whole) -> None:
        owners = whole.roll().owner.tolist()
        self._said, self._named = {}, {}
        for owner, standing in zip(owners, whole.standings, strict=True):
            if standing.campaign is not None:
                self._named[standing.account] = standing
            self._said[whole.accounts[owner]] = Said(
                standing.actor, standing.bits, standing.rank, standing.campaign, standing.because
            )

    def _changed(self, stand: Iterable[Standing]) -> tuple[Standing, ...]:
        """Return the standings that are not those handed on last, and hold them to be handed on."""
        changed = []
        for one in stand:
            mark = hash(msgspec.msgpack.encode(one))
            if one.campaign is not None:
                self._named[one.account] = one
            else:
                self._named.pop(one.account, None)
            if self._handed.get(one.account) != mark:
                self._handed[one.account] = mark
                changed.append(one)
        return tuple(changed)

    def _joined(self, groups: Iterable[Group]) -> dict[str, Campaign]:
        """Return the campaigns, too large to be judged again in a turn, that accounts joined."""
        found: dict[str, Campaign] = {}
        for group in groups:
            said = self._said.get(group.joins) if group.joins is not None else None
            campaign = self._campaigns.get(said.campaign) if said is not None and said.campaign else None
            if campaign is None:
                continue
            campaign = found.get(campaign.name, campaign)
            joined = tuple(account for account in group.accounts if account not in campaign.accounts)
            if joined:
                found[campaign.name] = msgspec.structs.replace(
                    campaign,
                    accounts=tuple(sorted((*campaign.accounts, *joined))),
                    joined=(*campaign.joined, *joined),
                )
        return found

    def _gone(self, groups: Iterable[Group], now: Mapping[str, Campaign]) -> tuple[str, ...]:
        """Return the campaigns all of whose owners were judged again and are not named any more."""
        before = {owner for group in groups if group.joins is None for owner in group.before}
        names = {"campaign-" + actor_name(owner).removeprefix("actor-") for owner in before}
        return tuple(sorted((names & self._campaigns.keys()) - now.keys()))

    def remember(self) -> None:
        """Let what is claimed outlive the process, once it was handed on: until then it is found again."""
        memory = Memory(self._looks.found, tuple(self._campaigns.values()), self._whole_at_s)
        durable.replace(self._memory, msgspec.msgpack.encode(memory))


def _looks(whole: Whole) -> dict[str, Look]:
    """Return a judgement of everything as a look at each actor."""
    found: dict[str, Look] = {}
    bits = whole.claims().tolist()
    for owner, standing in zip(whole.roll().owner.tolist(), whole.standings, strict=True):
        name = whole.accounts[owner]
        until_s = max(standing.ended_at_s, found[name].until_s if name in found else standing.ended_at_s)
        found[name] = Look(bits[owner], until_s, bits[owner])
    return found


def _exposed(standing: Standing, sent_: Sent) -> Standing:
    return msgspec.structs.replace(
        standing,
        exchanges=sent_.exchanges,
        tokens_out=sent_.tokens_out,
        started_at_s=sent_.started_at_s,
        ended_at_s=sent_.ended_at_s,
    )
