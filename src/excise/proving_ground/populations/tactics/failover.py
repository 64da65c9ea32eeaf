"""Fail-over: when accounts fall, others take over at once."""

import msgspec
import numpy as np

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule, moments
from excise.proving_ground.setting import Setting
from excise.proving_ground.tradecraft import Tradecraft
from excise.proving_ground.world import Campaign


class Failover(Tactic):
    """Two pools of accounts: the first is suspended some days in, the second goes on from where it stopped.

    Automated fail-over after bans: Anthropic, February 2026, and the joint advisory AA26-251A; "on ban,
    switch to pool 2": Anthropic threat report, September 2026 (GTG-16005).
    """

    accounts = (6, 120)
    each = (30, 400)

    def tradecraft(self, drawn: Tradecraft, dice: Dice) -> Tradecraft:
        """Take no shifts: the pools are the shifts."""
        return msgspec.structs.replace(drawn, hours=dice.pick(("always", "human", "office")), order="random")

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a campaign with a second pool."""
        harvest = Harvest.of(setting, dice, campaign, name, dice.pick(("reasoner", "assistant", None)))
        window = harvest.window
        ban_s = window.start_s + (window.end_s - window.start_s) * dice.uniform(0.3, 0.75)
        first = max(1, len(harvest.members) // 2)
        pause_s = dice.log_uniform(60, 20_000)
        ready = dice.chance(0.4)
        members = []
        for n, member in enumerate(harvest.members):
            own = dice.fork("pool", n)
            if n < first:
                members.append(msgspec.structs.replace(member, suspended_at_s=ban_s + own.uniform(0, 3600.0)))
            elif ready:
                members.append(member)
            else:
                created = round(ban_s + own.uniform(-0.5, 0.5) * pause_s, 3)
                account = msgspec.structs.replace(member.account, created_at=created)
                members.append(msgspec.structs.replace(member, account=account))
        harvest = harvest.with_members(members)

        def plan(counts: list[int]) -> Schedule:
            early = moments(dice.numpy("early"), sum(counts[:first]), window._replace(end_s=ban_s + 900.0))
            late_from = min(ban_s + pause_s, window.end_s - 3600.0)
            late = moments(dice.numpy("late"), sum(counts[first:]), window._replace(start_s=late_from))
            who = [
                dice.numpy("who", n).permutation(np.repeat(np.arange(len(part)), part)) + shift
                for n, (part, shift) in enumerate(((counts[:first], 0), (counts[first:], first)))
            ]
            at_s, all_who = np.concatenate([early, late]), np.concatenate(who).astype(np.int32)
            order = np.argsort(at_s, kind="stable")
            return Schedule(at_s[order], all_who[order], np.ones(len(at_s), dtype=np.bool_))

        return harvest.party(plan)
