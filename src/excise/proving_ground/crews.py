"""Crews: the accounts of one harvesting campaign, opened and wired as its tradecraft says."""

from excise.proving_ground.clients import client
from excise.proving_ground.customers import PLANS, card, country, domain, mail, wired
from excise.proving_ground.dice import Dice
from excise.proving_ground.member import Account, Member
from excise.proving_ground.networks import Places
from excise.proving_ground.rhythms import Window
from excise.proving_ground.setting import DAY_S, Setting
from excise.proving_ground.world import Campaign


def crew(setting: Setting, dice: Dice, campaign: Campaign, name: str) -> list[Member]:
    """Open and wire the accounts of a campaign; ``name`` is the campaign's name in the truth."""
    craft = campaign.tradecraft
    size = campaign.accounts
    cards = [
        card(dice)
        for _ in range({"one": 1, "few": max(1, size // dice.between(3, 12))}.get(craft.payment, size))
    ]
    domains = [domain(dice) for _ in range(max(1, size // 20))]
    wire = [client(dice) for _ in range({"same": 1, "few": 3}.get(craft.client, size))]
    spots = _places(setting, dice, craft.network, size)
    # Some crews are opened while the log runs.
    wave_s = dice.uniform(-0.4 * setting.world.days, 25) * DAY_S
    spread_s = dice.log_uniform(0.05, 4) * DAY_S
    late_s = (dice.log_uniform(0.1, 3) if dice.chance(0.4) else dice.log_uniform(1, 60)) * DAY_S
    made: list[Member] = []
    base_country, base_offset = country(setting, dice)
    alike = dice.chance(0.4)
    for n in range(size):
        own = dice.fork("account", n)
        where, offset = (base_country, base_offset) if alike else country(setting, own)
        match craft.age:
            case "fresh":
                created = min(setting.start_s - wave_s + own.uniform(0, spread_s), setting.end_s - DAY_S)
            case "staggered":
                created = setting.start_s - own.uniform(1, 150) * DAY_S
            case "aged":
                created = setting.start_s - own.log_uniform(60, 1500) * DAY_S
        known = own.chance(setting.world.known.payment) and craft.payment != "none"
        odd = 0.3 if craft.mail == "mixed" else 0.03
        mailed = own.pick(domains) if craft.mail == "domain" else mail(own, odd=odd)
        account = Account(
            account=f"acct_{own.fork('name').hex(12)}",
            created_at=round(created, 3),
            email_domain=mailed,
            payment_fingerprint=cards[n % len(cards)] if known else None,
            country=where,
            plan=own.pick(PLANS if known else (*PLANS, "free", "free")),
            verification="identity" if own.chance(craft.identified) else "none",
        )
        made.append(
            wired(
                setting,
                own,
                account,
                actor=f"actor-{name}",
                archetype=campaign.tactic,
                offset_h=base_offset if craft.hours != "human" else offset,
                where=spots[n],
                wire=(wire[n % len(wire)],) if len(wire) > 1 or own.chance(0.95) else (wire[0], client(own)),
                newest_after_s=late_s + own.uniform(0, 0.5) * DAY_S,
                campaign=name,
                model=setting.models.usual if own.chance(0.85) else setting.models.small,
            )
        )
    return made


def hours(setting: Setting, campaign: Campaign, members: list[Member]) -> Window:
    """Return when the campaign as a whole sends."""
    start = max(setting.start_s, min(m.account.created_at for m in members) + 600.0)
    shape = {"office": "office", "human": "human"}.get(campaign.tradecraft.hours, "flat")
    weekend = 0.1 if shape == "office" else 1.0
    return Window(min(start, setting.end_s - 3600.0), setting.end_s, shape, members[0].offset_h, weekend)


def _places(setting: Setting, dice: Dice, network: str, size: int) -> list[Places]:
    networks = setting.networks
    if network == "single":
        one = Places((dice.pick((*networks.homes, *networks.clouds)).address(dice),))
        return [one] * size
    if network == "residential":
        homes = networks.homes if dice.chance(0.6) else dice.some(networks.homes, 4)
        return [Places((dice.pick(homes).address(dice),)) for _ in range(size)]
    pools: dict[str, list[str]] = {
        "cloud": [dice.pick(dice.some(networks.clouds, 2)).address(dice) for _ in range(max(2, size // 8))],
        "proxies": [dice.pick(networks.homes).address(dice) for _ in range(max(20, size * 3))],
        "vpn": [networks.exit(dice.pick(networks.vpns), dice) for _ in range(12)],
        "mobile": [networks.exit(dice.pick(networks.mobiles), dice) for _ in range(12)],
        "egress": [networks.egress(dice.pick(networks.clouds), dice) for _ in range(12)],
    }
    pool = pools[network]
    stay_s = dice.pick((0.0, 600.0, 7200.0, DAY_S))
    each = dice.between(1, 20) if network == "proxies" else dice.between(1, 4)
    return [Places(tuple(dice.pick(pool) for _ in range(each)), stay_s=stay_s) for _ in range(size)]
