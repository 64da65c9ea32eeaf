"""Which token may do what: the list of the state, in memory, so that no request waits for a database."""

from collections.abc import Callable, Iterable

from excise.casework.state.tokens import Token, TokenScope, among
from excise.enforcement.caller import Header

_OWN = "x-excise-token"
_KEY = "x-api-key"


class Gatekeeper:
    """Says whose a request is.

    While the state cannot be asked, the last list holds.

    Args:
        clock: epoch seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tokens: dict[str, Token] = {}

    def know(self, tokens: Iterable[Token]) -> None:
        """Replace the list."""
        self._tokens = {token.id: token for token in tokens if token.revoked_at_s is None}

    def whose(self, header: Header) -> Token | None:
        """Return the living token that a request shows, None where it shows none.

        A gateway that passes on what its customers send shows its own in ``X-Excise-Token``; others may show
        it as ``Authorization: Bearer`` or as ``X-Api-Key``.
        """
        text = shown(header)
        if text is None:
            return None
        found = self._tokens.get(text[7:15])
        return among(text, () if found is None else (found,), now_s=self._clock())

    def __len__(self) -> int:
        return len(self._tokens)


def shown(header: Header) -> str | None:
    """Return the text that a request shows as its token.

    >>> shown({"authorization": "Bearer t", "x-excise-token": "u"}.get)
    'u'
    >>> shown({"authorization": "bearer t"}.get), shown({"x-api-key": "k"}.get), shown({}.get)
    ('t', 'k', None)
    """
    own = header(_OWN)
    if own is not None:
        return own.strip()
    kind, _, text = (header("authorization") or "").strip().partition(" ")
    if kind.lower() == "bearer" and text:
        return text.strip()
    return header(_KEY)


def allows(token: Token, scope: str) -> bool:
    """Say whether a token is good for a scope."""
    return TokenScope(scope) in token.scopes
