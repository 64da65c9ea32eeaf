"""API tokens: who may send exchanges, ask for decisions, read, or act.

A token is 32 random bytes, so its SHA-256 sum is all that has to be kept: it cannot be found by guessing.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection, Sequence
from enum import StrEnum

import sqlalchemy as sa
from msgspec import Struct

from excise.casework.refusals import NoSuchRecord
from excise.casework.state.database import Database, record_of
from excise.casework.state.tables import TOKENS
from excise.casework.state.texts import fresh, kept
from excise.errors import BadSetting

_SHAPE = re.compile(r"excise_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")
_NOBODY = "0" * 64


class TokenScope(StrEnum):
    """What a token is good for."""

    CAPTURE = "capture"
    DECIDE = "decide"
    READ = "read"
    ACT = "act"


class Token(Struct, frozen=True, kw_only=True):
    """A token as it is kept: everything but the token."""

    id: str
    name: str
    scopes: tuple[TokenScope, ...]
    digest: str
    made_by: str
    made_at_s: float
    until_s: float | None = None
    revoked_at_s: float | None = None

    def lives(self, *, at_s: float) -> bool:
        """Say whether it is good at a moment."""
        return self.revoked_at_s is None and (self.until_s is None or at_s < self.until_s)

    def __repr__(self) -> str:
        return f"Token({self.id!r}, {self.name!r}, {[str(scope) for scope in self.scopes]})"


class Made(Struct, frozen=True):
    """A new token; ``text`` is shown once and kept nowhere."""

    token: Token
    text: str

    def __repr__(self) -> str:
        return f"Made({self.token!r})"


class Tokens:
    """The tokens of a deployment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(
        self,
        name: str,
        scopes: Collection[TokenScope],
        *,
        until_s: float | None = None,
        by: str,
        now_s: float,
    ) -> Made:
        """Make a token.

        Raises:
            BadSetting: it has no name, or is good for nothing.
        """
        if not scopes:
            raise BadSetting(f"a token needs a scope: {', '.join(TokenScope)}")
        secret = secrets.token_urlsafe(32)
        identifier = fresh("", digits=8)
        text = f"excise_{identifier}_{secret}"
        token = Token(
            id=identifier,
            name=kept(name, "name", most=200),
            scopes=tuple(sorted(TokenScope(scope) for scope in set(scopes))),
            digest=_digest(text),
            made_by=by,
            made_at_s=now_s,
            until_s=until_s,
        )
        with self._database.writing(by=by, now_s=now_s) as writing:
            writing.run(
                sa.insert(TOKENS), [{field: getattr(token, field) for field in Token.__struct_fields__}]
            )
            writing.note("token_made", f"token {token.name} for {', '.join(token.scopes)}", about=token.id)
        return Made(token, text)

    def revoke(self, token: str, *, by: str, now_s: float) -> None:
        """Revoke a token, at once.

        Raises:
            NoSuchRecord: there is none that lives.
        """
        of = TOKENS.c
        with self._database.writing(by=by, now_s=now_s) as writing:
            done = writing.run(
                sa.update(TOKENS).where(of.id == token, of.revoked_at_s.is_(None)).values(revoked_at_s=now_s)
            )
            if not done:
                raise NoSuchRecord.of("token", token)
            writing.note("token_revoked", f"token {token} is revoked", about=token)

    def list(self) -> tuple[Token, ...]:
        """Return all tokens, the revoked among them, the newest first."""
        of = TOKENS.c
        with self._database.reading() as reading:
            rows = reading.rows(sa.select(TOKENS).order_by(of.made_at_s.desc(), of.id))
        return tuple(record_of(row, Token) for row in rows)

    def check(self, text: str, *, now_s: float) -> Token | None:
        """Return the living token that a text is, None where it is none."""
        found = _SHAPE.fullmatch(text)
        of = TOKENS.c
        with self._database.reading() as reading:
            rows = reading.rows(sa.select(TOKENS).where(of.id == (found[1] if found else "")))
        return among(text, [record_of(row, Token) for row in rows], now_s=now_s)


def among(text: str, tokens: Sequence[Token], *, now_s: float) -> Token | None:
    """Return the living token that a text is, for who keeps the list in memory. Takes no hint from a text.

    The comparison takes the same time whatever differs, and one is made also where no id fits.
    """
    shape = _SHAPE.fullmatch(text)
    digest = _digest(text)
    found = next((token for token in tokens if shape is not None and token.id == shape[1]), None)
    same = hmac.compare_digest(digest, found.digest if found is not None else _NOBODY)
    return found if found is not None and same and found.lives(at_s=now_s) else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
