"""Composing: a World becomes a log, with what the provider knows beside it and the truth apart.

Parties are planned first: arrays of moments, a few bytes an exchange. Then the moments of all are sorted, and
each party is asked for its next words as its moments come up, so memory holds the plans and the open
conversations only.
"""

import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import numpy as np

from excise.proving_ground.content.own import OwnStock
from excise.proving_ground.content.real import RealStock, read_rates, read_sources
from excise.proving_ground.content.stock import Stock
from excise.proving_ground.dice import Dice
from excise.proving_ground.member import Truth
from excise.proving_ground.networks import Networks
from excise.proving_ground.populations import Honest, Party, Tactic, honest_kinds, tactic_kinds
from excise.proving_ground.record import Record, record
from excise.proving_ground.rhythms import Schedule
from excise.proving_ground.said import Said
from excise.proving_ground.setting import Models, Setting
from excise.proving_ground.world import World


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """What was composed, counted."""

    accounts: int
    exchanges: int
    campaigns: int
    harvesting: int


class _Cast(msgspec.Struct, frozen=True):
    party: Party
    counts: list[int]


def compose(world: World, out: Path, content: Path | None = None) -> Composed:
    """Write a world to a folder.

    The folder gets ``log.litellm.jsonl.gz``, ``accounts.jsonl``, ``asn.csv``, ``releases.json``,
    ``truth.jsonl`` and ``world.json`` (the specification). Equal worlds give equal bytes.

    Args:
        world: the specification.
        out: the folder; made where it is not there.
        content: a folder with real words (``content/real.py`` says what it holds); own words where not given.
    """
    setting = setting_of(world, content)
    cast = list(_cast(setting))
    out.mkdir(parents=True, exist_ok=True)
    sent: Counter[str] = Counter()
    harvested: Counter[str] = Counter()
    encoder = msgspec.json.Encoder()
    with (
        (out / "log.litellm.jsonl.gz").open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as log,
    ):
        buffer = bytearray()
        for line, gained in _records(setting, cast):
            sent[line.metadata.user_api_key_user_id] += 1
            harvested[line.metadata.user_api_key_user_id] += gained
            buffer += encoder.encode(line)
            buffer += b"\n"
            if len(buffer) > 1 << 20:
                log.write(buffer)
                buffer.clear()
        log.write(buffer)
    _write_tables(setting, cast, sent, harvested, out)
    members = [m for c in cast for m in c.party.members]
    return Composed(
        accounts=len(members),
        exchanges=sent.total(),
        campaigns=len({m.campaign for m in members if m.campaign}),
        harvesting=sum(m.campaign is not None for m in members),
    )


def parties(world: World) -> list[tuple[Party, list[int]]]:
    """Return the parties of a world and how many exchanges each of their members sends, without any words."""
    return [(c.party, c.counts) for c in _cast(setting_of(world))]


def setting_of(world: World, content: Path | None = None) -> Setting:
    """Return what every population of a world shares, before anybody is in it."""
    dice = Dice.of("composed", world.seed)
    stock: Stock = OwnStock(world.seed, world.grammars)
    if content is not None:
        exchanges = world.exchanges + sum(c.exchanges for c in world.campaigns)
        sources = read_sources(content, world.sources or None)
        stock = RealStock(sources, world.seed, world.grammars, exchanges)
    return Setting(
        world=world,
        dice=dice,
        networks=Networks(dice, world.accounts + sum(c.accounts for c in world.campaigns), world.habits.six),
        models=Models.of(dice.fork("models"), world.start_s, world.days),
        stock=stock,
        curves=tuple(read_rates(content)) if content is not None else (),
    )


def _cast(setting: Setting) -> Iterator[_Cast]:
    world = setting.world
    honest: list[Party] = []
    # How much a kind uses the provider differs from world to world.
    liveliness = {name: Dice.of(world.seed, "liveliness", name).log_normal(1.0, 0.5) for name in world.honest}
    weights: list[float] = []
    for name, share in sorted(world.honest.items()):
        kind: Honest = honest_kinds()[name]()
        wanted, made, n = share * world.accounts, 0, 0
        while made < wanted - 0.5:
            party = kind.party(setting, setting.dice.fork("honest", name, n))
            honest.append(party)
            weights.append(liveliness[name])
            made, n = made + len(party.members), n + 1
    scale = world.exchanges / max(1.0, sum(w * sum(p.weights) for w, p in zip(weights, honest, strict=True)))
    for party, weight in zip(honest, weights, strict=True):
        yield _Cast(party, _counts(party, scale * weight, ceiling=max(200, world.exchanges // 12)))
    for n, campaign in enumerate(world.campaigns):
        tactic: Tactic = tactic_kinds()[campaign.tactic]()
        name = f"campaign-{n:03d}-{campaign.tactic}"
        party = tactic.party(setting, setting.dice.fork("campaign", n), campaign, name)
        yield _Cast(party, _counts(party, campaign.exchanges / max(1.0, sum(party.weights)), ceiling=10**9))


def _counts(party: Party, scale: float, ceiling: int) -> list[int]:
    return [max(1, min(round(w * scale), ceiling)) for w in party.weights]


def _records(setting: Setting, cast: list[_Cast]) -> Iterator[tuple[Record, bool]]:
    """Yield the lines of the log, each with whether it gave a campaign something."""
    schedules = [c.party.plan(c.counts) for c in cast]
    sizes = [len(s.at_s) for s in schedules]
    owner = np.repeat(np.arange(len(cast), dtype=np.int32), sizes)
    at_s = np.concatenate([s.at_s for s in schedules])
    who = np.concatenate([s.who for s in schedules])
    order = np.argsort(at_s, kind="stable")
    voices: list[Iterator[Said] | None] = [None] * len(cast)
    left = sizes
    refused: dict[str, int] = {}
    newest = setting.models.newest
    serial = 0
    for k in order.tolist():
        n = int(owner[k])
        voice = voices[n]
        if voice is None:
            voice = voices[n] = cast[n].party.speak(schedules[n])
            schedules[n] = _DONE
        left[n] -= 1
        member, said, now_s = cast[n].party.members[who[k]], next(voice), float(at_s[k])
        if not left[n]:
            voices[n] = iter(())
        if member.suspended_at_s is not None and now_s >= member.suspended_at_s:
            tries = refused[member.account.account] = refused.get(member.account.account, 0) + 1
            if tries > _TRIES:
                continue
            said = said._replace(replies=(), error="403 account suspended")
        line = record(member, said, now_s, serial, newest)
        yield line, member.campaign is not None and line.status == "success" and not said.cover
        serial += 1


_TRIES = 3
"""A suspended account tries this often, and then gives up."""
_DONE = Schedule(np.empty(0), np.empty(0, np.int32), np.empty(0, np.bool_))


def _write_tables(
    setting: Setting, cast: list[_Cast], sent: Mapping[str, int], harvested: Mapping[str, int], out: Path
) -> None:
    members = sorted((m for c in cast for m in c.party.members), key=lambda m: m.account.account)
    encode = msgspec.json.encode
    (out / "accounts.jsonl").write_bytes(b"".join(encode(m.account) + b"\n" for m in members))
    truth = (
        Truth(
            account=m.account.account,
            actor=m.actor,
            campaign=m.campaign,
            archetype=m.archetype,
            programme=m.account.programme,
            exchanges=sent[m.account.account],
            harvested=harvested[m.account.account],
        )
        for m in members
    )
    (out / "truth.jsonl").write_bytes(b"".join(encode(t) + b"\n" for t in truth))
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows(
        [("prefix", "asn", "network", "kind"), *setting.networks.rows()]
    )
    (out / "asn.csv").write_text(table.getvalue(), encoding="utf-8")
    models = setting.models
    releases = {"models": [{"model": models.newest, "released_at": models.released_at_s}]}
    (out / "releases.json").write_bytes(msgspec.json.format(encode(releases), indent=1) + b"\n")
    (out / "world.json").write_bytes(msgspec.json.format(encode(setting.world), indent=1) + b"\n")
