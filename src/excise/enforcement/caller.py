"""The caller: who asks, as far as a gateway knows, and where in a request that stands.

Who has no name of its own for an account goes by the digest of its key: the SHA-256 of the key, in
hexadecimal, as LiteLLM writes it into its logs. A header may name the account instead, if the gateway sets it
itself and takes it out of what customers send; ``Identity`` says which, and by default none is believed.
"""

import hashlib
from collections.abc import Callable

from msgspec import Struct, structs

from excise.casework.decision import end_user_subject

Header = Callable[[str], str | None]
"""Looks up a request's header by its name in lower case."""

_KEY_HEADERS = ("authorization", "x-api-key", "api-key", "x-goog-api-key")
_SCHEMES = ("bearer", "basic", "token")
_LONGEST = 512
_MOST_KEYS = 4


class Caller(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who asks.

    Attributes:
        account: the provider's name of the account, where the gateway knows it.
        credential: the digest of the key that was sent (``digest_of``).
        further: digests of further keys, where a request brings several: which of them the model server
            believes is not known here, and a decision about any of them holds.
        end_user: the account's own customer, where the request says so.
        address: where the request comes from.
        model: the model that is asked.
    """

    account: str | None = None
    credential: str | None = None
    further: tuple[str, ...] = ()
    end_user: str | None = None
    address: str | None = None
    model: str | None = None

    @property
    def accounts(self) -> tuple[str, ...]:
        """The names that the account goes by."""
        return tuple(one for one in (self.account, self.credential, *self.further) if one)

    @property
    def end_user_subject(self) -> str | None:
        """The subject of a decision about the end user, where the request names one."""
        accounts = self.accounts
        return end_user_subject(accounts[0], self.end_user) if self.end_user and accounts else None


class Identity(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where in a request's headers the caller stands.

    Attributes:
        account_header: names the account; only where the gateway sets it and customers cannot. None: the
            digest of the key is the account.
        end_user_header: names the account's own customer. None: only bodies say so.
        address_header: lists the addresses that a request passed, the latest last.
        trusted_hops: how many of those at the end were written by proxies of one's own. 0: the header is not
            believed, and the address is that of whoever is connected.
        model_header: names the model, where a gateway that reads bodies has set it.
    """

    account_header: str | None = None
    end_user_header: str | None = None
    address_header: str = "x-forwarded-for"
    trusted_hops: int = 0
    model_header: str = "x-ai-eg-model"

    def behind_a_proxy(self) -> "Identity":
        """Return where the caller stands when whoever is connected is a proxy of one's own for certain."""
        return self if self.trusted_hops else structs.replace(self, trusted_hops=1)

    def caller(self, header: Header, *, peer: str | None, end_user: str | None = None) -> Caller:
        """Return who asks.

        Args:
            header: the request's headers.
            peer: the address that is connected.
            end_user: what the body says, where it was read.
        """
        account = header(self.account_header) if self.account_header else None
        named = header(self.end_user_header) if self.end_user_header else None
        credentials = credentials_of(header)
        return Caller(
            account=account[:_LONGEST] if account else None,
            credential=credentials[0] if credentials else None,
            further=credentials[1:],
            end_user=(named or end_user or "")[:_LONGEST] or None,
            address=self.address(header, peer),
            model=header(self.model_header),
        )

    def address(self, header: Header, peer: str | None) -> str | None:
        """Return where a request comes from.

        >>> listed = {"x-forwarded-for": "203.0.113.9, 198.51.100.7"}.get
        >>> Identity(trusted_hops=1).address(listed, "10.0.0.1"), Identity().address(listed, "10.0.0.1")
        ('198.51.100.7', '10.0.0.1')
        """
        if self.trusted_hops > 0:
            passed = (header(self.address_header) or "").split(",")
            if len(passed) >= self.trusted_hops:
                return passed[-self.trusted_hops].strip() or peer
        return peer


def credentials_of(header: Header) -> tuple[str, ...]:
    """Return the digests of the keys that a request brings, under any of the usual headers, each once.

    >>> one = credentials_of({"authorization": "Bearer sk-1234"}.get)
    >>> one == credentials_of({"x-api-key": "sk-1234"}.get) == (digest_of("sk-1234"),)
    True
    """
    found: dict[str, None] = {}
    for name in _KEY_HEADERS:
        value = header(name)
        if value:
            for one in value.split(",")[:_MOST_KEYS]:
                scheme, _, rest = one.strip().partition(" ")
                key = rest.strip() if rest and scheme.lower() in _SCHEMES else one.strip()
                if key:
                    found[digest_of(key)] = None
    return tuple(found)


def digest_of(key: str) -> str:
    """Return the digest by which a key is known: its SHA-256, in hexadecimal.

    >>> digest_of("sk-1234")[:16]
    '88dc28d0f030c55e'
    """
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
