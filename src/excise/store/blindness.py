"""What a store cannot show: fields that its logs lacked, and the setting that fixes each."""

from excise.ingest.gaps import gaps
from excise.store.tables import Asked

_COLUMNS = {
    "account": "account",
    "address": "address",
    "user_agent": "client",
    "tls": "tls",
    "session": "session",
    "request_words": "turns",
    "reply_words": "reply_words",
    "tokens": "tokens_out",
    "ended_at": "duration_ms",
    "model": "model",
}
"""The column of the observation table that a gap of ``gaps.toml`` empties."""


_EVERYTHING = 1_000


def blind_spots(store: Asked, formats: frozenset[str]) -> tuple[str, ...]:
    """Return a sentence for each field that fewer exchanges have than a scan needs, what blinds most first.

    Args:
        store: what is asked.
        formats: the log formats that were read, whose settings to name.
    """
    seen, accounts, addresses = store.tables.observations, store.tables.accounts, store.tables.addresses
    shares = store.run(
        seen.agg(
            n=seen.count(),
            truncated=1 - seen.truncated.cast("float64").mean(),
            sampled=1 - (seen.sampling_rate < 1).cast("float64").mean(),
            **{name: seen[column].notnull().cast("float64").mean() for name, column in _COLUMNS.items()},
        )
    ).to_pylist()[0]
    if not shares.pop("n"):
        return ()
    found: list[tuple[float, str]] = []
    for name, share in shares.items():
        gap = gaps()[name]
        if share is None or share >= gap.expected:
            continue
        what = f"have no {gap.what}" if gap.what else f"are {name}"
        fixes = gap.fixes(formats)
        fix = f" To fix it: {fixes[0].setting}." if fixes else ""
        blinded = 1 + len(gap.ties) + len(gap.detectors) if name != "account" else _EVERYTHING
        weight = (gap.expected - share) * blinded
        found.append((weight, f"{1 - share:.0%} of exchanges {what}. That blinds: {gap.blinds}.{fix}"))
    known = store.run(
        accounts.agg(
            n=accounts.count(),
            paid=accounts.payment_fingerprint.notnull().sum(),
            born=accounts.created_at.notnull().sum(),
        )
    ).to_pylist()[0]
    if not known["n"]:
        found.append(
            (
                9.0,
                (
                    "There is no account directory: sign-up times, payment and verification are unknown, so "
                    "shared payment is not seen and no excuse is. To fix it: --accounts FILE."
                ),
            )
        )
    else:
        if not known["paid"]:
            found.append(
                (2.0, "The account directory has no payment_fingerprint: shared payment is not seen.")
            )
        if not known["born"]:
            found.append(
                (
                    2.0,
                    "The directory has no created_at: sign-ups in a row and young accounts are not seen.",
                )
            )
    placed = store.run(
        addresses.agg(n=addresses.count(), known=addresses.network.notnull().sum())
    ).to_pylist()[0]
    if placed["n"] and not placed["known"]:
        found.append(
            (
                0.5,
                (
                    "No list of networks was brought: addresses are placed in blocks, not in networks. "
                    "To fix it: --networks FILE."
                ),
            )
        )
    return tuple(text for _, text in sorted(found, key=lambda one: (-one[0], one[1])))
