"""A member of a party.

One account as the provider's directory has it, and how its requests look on the wire.
"""

import msgspec

from excise.proving_ground.networks import Places
from excise.proving_ground.rhythms import Window


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``accounts.jsonl``: what the provider knows. Times are epoch seconds."""

    account: str
    created_at: float
    email_domain: str
    payment_fingerprint: str | None
    country: str
    plan: str = "pay-as-you-go"
    organization: str | None = None
    verification: str = "none"
    programme: str | None = None


class Client(msgspec.Struct, frozen=True):
    """The program that sends: its user agent and its TLS fingerprint (JA4)."""

    user_agent: str
    ja4: str


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """An account, its wire habits, and the truth about it."""

    account: Account
    actor: str
    places: Places
    clients: tuple[Client, ...]
    keys: tuple[str, ...]
    """hashes of its API keys"""
    offset_h: float
    """its clock: local time less UTC"""
    model: str
    newest_from_s: float
    """when it takes up the newest model"""
    words_logged: bool
    replies_logged: bool
    address_logged: bool
    tls_logged: bool
    archetype: str
    campaign: str | None = None
    key: int
    """names its dice"""
    suspended_at_s: float | None = None
    """when the provider suspends it: some attempts fail after that, then it is silent"""

    def window(self, start_s: float, end_s: float, shape: str = "flat", weekend: float = 1.0) -> Window:
        """Return when it can send: not before it exists."""
        return Window(
            max(start_s, min(self.account.created_at + 60.0, end_s - 3600.0)),
            end_s,
            shape,
            self.offset_h,
            weekend,
        )


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``truth.jsonl``.

    ``exchanges`` is how many the account sent, ``harvested`` how many of them gave its campaign something:
    answered, and no cover. Each is None where it was not counted.
    """

    account: str
    actor: str
    campaign: str | None
    archetype: str
    programme: str | None
    exchanges: int | None = None
    harvested: int | None = None
