"""Customers: honest accounts, with the widely different habits that honest people and firms have."""

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from excise.proving_ground.clients import client
from excise.proving_ground.dice import Dice
from excise.proving_ground.member import Account, Client, Member
from excise.proving_ground.networks import Network, Places
from excise.proving_ground.setting import DAY_S, Setting

_FREE_MAIL = {
    "gmail.com": 46.0,
    "outlook.com": 12.0,
    "hotmail.com": 4.0,
    "yahoo.com": 4.0,
    "icloud.com": 5.0,
    "proton.me": 6.0,
    "qq.com": 5.0,
    "163.com": 3.0,
    "naver.com": 2.0,
    "gmx.net": 2.0,
    "mail.com": 1.0,
    "duck.com": 1.0,
    "yandex.com": 1.0,
    "tuta.io": 0.7,
    "hey.com": 0.7,
    "fastmail.com": 1.0,
    "mailbox.example": 0.6,
}
_OWN_DOMAIN = 0.07
"""Share of private people with a mail domain of their own."""
_VOWELS = ("a", "e", "i", "o", "u", "ar", "en", "or")
PLANS = ("pay-as-you-go",) * 4 + ("team", "free")
"""Plans of private people, as often as they have them."""
_DISPOSABLE_MAIL = ("tempbox.example", "quickinbox.example", "mailhop.example", "postbin.example")


class Firm(NamedTuple):
    """A firm as the provider knows it, and its office network where it has one."""

    organization: str | None
    domain: str
    card: str | None
    verification: str
    office: Network | None
    country: str
    offset_h: float


def country(setting: Setting, dice: Dice) -> tuple[str, float]:
    """Draw a country and its clock.

    Which countries are common differs from world to world. It is never evidence.
    """
    name, offset, _ = _countries()[dice.weighed(_country_weights(setting.world.seed))]
    return name, offset


def card(dice: Dice) -> str:
    """Draw the fingerprint of a payment instrument."""
    return f"pm_{dice.hex(12)}"


def mail(dice: Dice, *, odd: float = 0.02) -> str:
    """Draw the mail domain of a private person; ``odd`` is the chance of a disposable one."""
    if dice.chance(odd):
        return dice.pick(_DISPOSABLE_MAIL)
    return domain(dice) if dice.chance(_OWN_DOMAIN) else dice.weighed(_FREE_MAIL)


def domain(dice: Dice) -> str:
    """Draw the mail domain of a firm, or of a person who has one."""
    name = "".join(dice.pick("bcdfghjklmnprstvwz") + dice.pick(_VOWELS) for _ in range(dice.between(2, 4)))
    return f"{name}{dice.pick(('', '', '-labs', '-group', 'hq', 'soft', '-ai', 'ly'))}.example"


def opened(setting: Setting, dice: Dice) -> float:
    """Draw when an honest account was opened.

    Mostly long ago, for some in the last days or during the log.
    """
    if dice.chance(setting.world.habits.fresh):
        return setting.start_s + dice.uniform(-7.0, 0.8 * setting.world.days) * DAY_S
    return setting.start_s - dice.log_uniform(7, 1500) * DAY_S


def places(setting: Setting, dice: Dice, *, machine: bool = False) -> Places:
    """Draw where an honest customer sends from. ``machine``: a server does, mostly from a cloud."""
    habits, networks = setting.world.habits, setting.networks
    if machine and not dice.chance(0.2):
        cloud = dice.pick(networks.clouds)
        if dice.chance(0.3):
            return Places(tuple(networks.egress(cloud, dice) for _ in range(dice.between(2, 12))), stay_s=0.0)
        return Places(
            tuple(cloud.address(dice) for _ in range(dice.between(1, 4))), stay_s=dice.pick((0.0, 3600.0))
        )
    home = dice.pick(networks.homes)
    if dice.chance(habits.roaming):
        carriers = dice.some((*networks.homes, *networks.mobiles), dice.between(2, 9))
        pool = [dice.pick(carriers).address(dice) for _ in range(dice.between(6, 60))]
        return Places(
            tuple(pool), stay_s=dice.pick((1800.0, 7200.0, 21600.0, 0.0)), home=dice.uniform(0, 0.5)
        )
    if dice.chance(habits.tunneled):
        vpn = dice.pick(networks.vpns)
        return Places(tuple(networks.exit(vpn, dice) for _ in range(dice.between(1, 6))), stay_s=14400.0)
    if dice.chance(habits.mobile):
        carrier = dice.pick(networks.mobiles)
        exits = tuple(networks.exit(carrier, dice) for _ in range(dice.between(1, 4)))
        return Places((home.address(dice), *exits), stay_s=5400.0, home=dice.uniform(0, 0.8))
    return Places(
        tuple(home.address(dice) for _ in range(dice.pick((1, 1, 1, 2, 3)))), stay_s=DAY_S, home=0.7
    )


def firm(setting: Setting, dice: Dice, *, office: bool, checked: float = 0.5) -> Firm:
    """Draw a firm; ``checked`` is the chance that the provider verified it against a registry."""
    name = dice.hex(8)
    where, offset = country(setting, dice)
    return Firm(
        organization=f"org_{name}",
        domain=domain(dice),
        card=card(dice),
        verification="business" if dice.chance(checked) else dice.pick(("none", "none", "none", "identity")),
        office=setting.networks.office(f"net-{name}") if office else None,
        country=where,
        offset_h=offset,
    )


def customer(
    setting: Setting,
    dice: Dice,
    archetype: str,
    *,
    actor: str | None = None,
    families: tuple[str, ...] = (),
    machine: bool = False,
    of: Firm | None = None,
    where: Places | None = None,
    programme: str | None = None,
    wire: tuple[Client, ...] | None = None,
) -> Member:
    """Make an honest account.

    Args:
        setting: the world.
        dice: this account's own dice.
        archetype: the honest kind, for the truth.
        actor: who runs it, where that is more than this account.
        families: families of clients it uses.
        machine: a server sends.
        of: the firm it belongs to.
        where: where it sends from, where that is not drawn.
        programme: a contract that allows harvesting.
        wire: its clients, where they are not drawn.
    """
    world, known = setting.world, setting.world.known
    name = f"acct_{dice.fork('name').hex(12)}"
    where_from, offset = (of.country, of.offset_h) if of else country(setting, dice)
    pays = card(dice)
    if of:
        pays = of.card or pays
    elif dice.chance(world.habits.shared_card):
        # Cards that strangers share: of families, agencies and resellers of credit.
        pays = card(Dice.of(world.seed, "shared card", dice.below(max(1, world.accounts // 60))))
    plan = dice.pick(("team", "enterprise")) if of else dice.pick(PLANS)
    # Who tries the provider for free, or on credit from an event, has nothing on file.
    on_file = dice.chance(known.payment) and not (plan == "free" and dice.chance(0.7))
    verification = "identity" if dice.chance(world.habits.identified) else "none"
    account = Account(
        account=name,
        created_at=round(opened(setting, dice), 3),
        email_domain=of.domain if of else mail(dice),
        payment_fingerprint=pays if on_file else None,
        country=where_from,
        plan=plan,
        organization=of.organization if of else None,
        verification=of.verification if of else verification,
        programme=programme,
    )
    return wired(
        setting,
        dice,
        account,
        actor=actor or name,
        archetype=archetype,
        offset_h=offset,
        where=where or places(setting, dice, machine=machine),
        wire=wire or tuple(client(dice, *families) for _ in range(dice.pick((1, 1, 1, 1, 2)))),
        newest_after_s=dice.log_uniform(0.05, 40) * DAY_S,
    )


def wired(
    setting: Setting,
    dice: Dice,
    account: Account,
    *,
    actor: str,
    archetype: str,
    offset_h: float,
    where: Places,
    wire: tuple[Client, ...],
    newest_after_s: float,
    campaign: str | None = None,
    model: str | None = None,
) -> Member:
    """Give an account its wire habits; what the provider logs of them is drawn alike for everybody."""
    known, models = setting.world.known, setting.models
    own = dice.fork("wire")
    return Member(
        account=account,
        actor=actor,
        places=where,
        clients=wire,
        keys=tuple(own.hex(32) for _ in range(own.pick((1, 1, 1, 1, 2, 3)))),
        offset_h=offset_h,
        model=model or own.weighed({models.usual: 7.0, models.small: 3.0}),
        newest_from_s=models.released_at_s + newest_after_s,
        words_logged=own.chance(known.words),
        replies_logged=own.chance(known.replies),
        address_logged=own.chance(known.addresses),
        tls_logged=own.chance(known.tls),
        archetype=archetype,
        campaign=campaign,
        key=own.key,
        suspended_at_s=_suspended(setting, own, campaign),
    )


def _suspended(setting: Setting, dice: Dice, campaign: str | None) -> float | None:
    # Honest accounts are suspended too: an unpaid bill, a mistaken rule. A few harvesters were found already.
    if not dice.chance(0.008 if campaign is None else 0.03):
        return None
    return dice.uniform(setting.start_s, setting.end_s)


@cache
def _countries() -> tuple[tuple[str, float, float], ...]:
    text = (files("excise.proving_ground") / "countries.csv").read_text(encoding="utf-8")
    return tuple(
        (r["country"], float(r["offset_h"]), float(r["weight"])) for r in csv.DictReader(text.splitlines())
    )


@cache
def _country_weights(seed: int) -> dict[int, float]:
    rows = enumerate(_countries())
    return {n: weight * Dice.of(seed, "country", name).log_normal(1, 0.8) for n, (name, _, weight) in rows}
