"""Which fields a log fills, and in how many of its records."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from excise.ingest.exchange import ACCOUNT_FIELDS, Exchange, account_of
from excise.ingest.repeats import Repeats

MOST_ACCOUNTS = 100_000
"""How many accounts are told apart; beyond it a count is a floor."""

CUT_TEXTS = 5
"""How many different texts must end at one greatest length for it to be a limit and not chance."""
SHORTEST_CUT = 400
"""No logger cuts at fewer characters."""


class Presence(Struct, frozen=True):
    """A field, and the share of exchanges that have it."""

    field: str
    share: float


class Limit(Struct, frozen=True):
    """A length at which many texts end, so that something cuts there."""

    field: str
    characters: int
    texts: int


class Counts:
    """Counts over the exchanges of a log.

    >>> counts = Counts()
    >>> counts.add([Exchange(record_id="a", started_at_s=1.76e9, user="ann", tokens_out=4)], "user")
    >>> [one.share for one in counts.presences() if one.field in ("account", "address", "tokens")]
    [1.0, 0.0, 1.0]
    """

    def __init__(self) -> None:
        self.seen = 0
        self.truncated = 0
        self.withheld_requests = 0
        self.withheld_replies = 0
        self.sampled = 0
        self.sampling_rate = 1.0
        self.succeeded = 0
        self._ids = Repeats()
        self._have = dict.fromkeys(_FIELDS, 0)
        self._accounts: dict[str, list[int]] = {}
        self._distinct: dict[str, set[str]] = {field: set() for field in ACCOUNT_FIELDS}
        self._longest: dict[str, tuple[int, set[int]]] = {
            "request_words": (0, set()),
            "reply_words": (0, set()),
        }

    def add(self, exchanges: Iterable[Exchange], account_field: str) -> None:
        """Count exchanges, whose account is in ``account_field``."""
        for exchange in exchanges:
            self.seen += 1
            self.truncated += exchange.truncated
            self.withheld_requests += exchange.redacted and exchange.turns is None
            self.withheld_replies += exchange.redacted and exchange.reply is None
            if exchange.sampling_rate < 1.0:
                self.sampled += 1
                self.sampling_rate = min(self.sampling_rate, exchange.sampling_rate)
            if exchange.outcome == "success":
                self.succeeded += 1
                self._have["reply_words"] += exchange.reply is not None
                self._have["tokens"] += exchange.tokens_out is not None
            for field, has in _ALWAYS.items():
                self._have[field] += has(exchange)
            account = account_of(exchange, account_field)
            if account is not None:
                self._have["account"] += 1
                self._add_account(account, exchange)
            for field, known in self._distinct.items():
                value = account_of(exchange, field)
                if value is not None and len(known) < MOST_ACCOUNTS:
                    known.add(value)
            self._ids.add(exchange.record_id.encode())
            for said in exchange.turns or ():
                self._add_length("request_words", said.text)
            if exchange.reply is not None:
                self._add_length("reply_words", exchange.reply)

    def presences(self) -> tuple[Presence, ...]:
        """Return each field's share. Replies and tokens are asked of exchanges that succeeded alone."""
        of = {"reply_words": self.succeeded, "tokens": self.succeeded}
        return tuple(
            Presence(field, count / of.get(field, self.seen) if of.get(field, self.seen) else 0.0)
            for field, count in self._have.items()
        )

    def accounts(self) -> int:
        """Return how many accounts there are, ``MOST_ACCOUNTS`` at most."""
        return len(self._accounts)

    def accounts_by_field(self) -> dict[str, int]:
        """Return how many accounts each field that can be the account would make."""
        return {field: len(known) for field, known in self._distinct.items()}

    def opted_out_requests(self) -> int:
        """Return how many accounts withhold the words of all their requests, and have at least three."""
        return sum(1 for seen, requests, _ in self._accounts.values() if seen >= _FEW and seen == requests)

    def opted_out_replies(self) -> int:
        """Return how many accounts withhold the words of all their replies, and have at least three."""
        return sum(1 for seen, _, replies in self._accounts.values() if seen >= _FEW and seen == replies)

    def duplicate_share(self) -> float:
        """Return the share of records whose id came before."""
        return self._ids.share()

    def limits(self) -> tuple[Limit, ...]:
        """Return the lengths at which texts are cut off without a mark."""
        return tuple(
            Limit(field, length, len(texts))
            for field, (length, texts) in self._longest.items()
            if length >= SHORTEST_CUT and len(texts) >= CUT_TEXTS
        )

    def _add_account(self, account: str, exchange: Exchange) -> None:
        counted = self._accounts.get(account)
        if counted is None:
            if len(self._accounts) >= MOST_ACCOUNTS:
                return
            counted = self._accounts[account] = [0, 0, 0]
        counted[0] += 1
        counted[1] += exchange.redacted and exchange.turns is None
        counted[2] += exchange.redacted and exchange.reply is None

    def _add_length(self, field: str, text: str) -> None:
        longest, texts = self._longest[field]
        if len(text) > longest:
            self._longest[field] = (len(text), {hash(text)})
        elif len(text) == longest and len(texts) < CUT_TEXTS * 20:
            texts.add(hash(text))


_FEW = 3


def _asks(exchange: Exchange) -> bool:
    said = exchange.parameters
    return any(
        value is not None
        for value in (
            said.temperature,
            said.top_p,
            said.n,
            said.max_tokens,
            said.seed,
            said.logprobs,
            said.tools,
        )
    )


_ALWAYS: dict[str, Callable[[Exchange], bool]] = {
    "address": lambda exchange: exchange.address is not None,
    "user_agent": lambda exchange: exchange.user_agent is not None,
    "tls": lambda exchange: exchange.tls is not None,
    "api_key": lambda exchange: exchange.api_key is not None,
    "organization": lambda exchange: exchange.organization is not None,
    "end_user": lambda exchange: exchange.end_user is not None,
    "session": lambda exchange: exchange.session is not None,
    "request_words": lambda exchange: exchange.turns is not None,
    "parameters": _asks,
    "ended_at": lambda exchange: exchange.ended_at_s is not None,
    "first_token_at": lambda exchange: exchange.first_token_at_s is not None,
    "model": lambda exchange: exchange.model is not None,
}
_FIELDS = ("account", *_ALWAYS, "reply_words", "tokens")
