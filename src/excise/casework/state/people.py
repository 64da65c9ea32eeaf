"""People who sign in: local accounts with a password (Argon2id), or the identity of an OpenID provider.

Sessions are kept as the SHA-256 sum of a random key, with a token against forged requests. After five wrong
passwords an account waits, longer each time.
"""

import hashlib
import secrets
from enum import StrEnum

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct

from excise.casework.refusals import NoSuchRecord, NotAsThingsStand
from excise.casework.state.database import Database, Row, Writing, record_of
from excise.casework.state.tables import PEOPLE, SESSIONS
from excise.casework.state.texts import kept
from excise.errors import BadSetting

SHORTEST_PASSWORD = 12
_FREE_FAILURES = 5
_FIRST_WAIT_S = 30.0
_LONGEST_WAIT_S = 3_600.0
SESSION_S = 12 * 3_600.0
IDLE_S = 2 * 3_600.0
_SEEN_EVERY_S = 60.0


class Role(StrEnum):
    """What a person may do; each may do what the ones before it may."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    APPROVER = "approver"
    ADMIN = "admin"

    def may(self, needed: "Role") -> bool:
        """Say whether this role includes another.

        >>> Role.APPROVER.may(Role.ANALYST), Role.VIEWER.may(Role.ANALYST)
        (True, False)
        """
        order = tuple(Role)
        return order.index(self) >= order.index(needed)


class Person(Struct, frozen=True, kw_only=True):
    """A person who may sign in. ``identity`` is the issuer and subject of an OpenID provider."""

    name: str
    role: Role
    added_at_s: float
    email: str | None = None
    identity: str | None = None
    disabled_at_s: float | None = None


class Session(Struct, frozen=True, kw_only=True):
    """A session. ``key`` goes into the cookie, and is known only when it begins."""

    person: Person
    csrf: str
    until_s: float
    key: str | None = None

    def __repr__(self) -> str:
        return f"Session({self.person.name!r})"


class People:
    """The people of a deployment, and their sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hasher = PasswordHasher()
        self._nobodys: str | None = None

    def add(
        self,
        name: str,
        role: Role,
        *,
        password: str | None = None,
        email: str | None = None,
        identity: str | None = None,
        by: str,
        now_s: float,
    ) -> Person:
        """Add a person.

        Raises:
            BadSetting: the name is empty, or the password short.
            NotAsThingsStand: there is one of that name or identity.
        """
        person = Person(
            name=kept(name, "name", most=200), role=role, added_at_s=now_s, email=email, identity=identity
        )
        hashed = None if password is None else self._hashed(password)
        with self._database.writing(by=by, now_s=now_s) as writing:
            of = PEOPLE.c
            if writing.row(sa.select(of.name).where(of.name == person.name)) is not None:
                raise NotAsThingsStand(f"there is somebody called {person.name!r} already; take another name")
            row = {field: getattr(person, field) for field in Person.__struct_fields__}
            writing.run(sa.insert(PEOPLE), [row | {"password": hashed, "failures": 0}])
            writing.note(
                "person_added", f"{person.name} may sign in as {role}", about=f"person/{person.name}"
            )
        return person

    def change(
        self,
        name: str,
        *,
        role: Role | None = None,
        password: str | None = None,
        disabled: bool | None = None,
        by: str,
        now_s: float,
    ) -> Person:
        """Change a person's role or password, or let them sign in no more; their sessions end.

        Raises:
            NoSuchRecord: there is nobody of that name.
            BadSetting: the password is short.
        """
        values: dict[str, object] = {}
        said = []
        if role is not None:
            values["role"] = role
            said.append(f"is {role} now")
        if password is not None:
            values |= {"password": self._hashed(password), "failures": 0}
            said.append("has a new password")
        if disabled is not None:
            values["disabled_at_s"] = now_s if disabled else None
            said.append("may sign in no more" if disabled else "may sign in again")
        with self._database.writing(by=by, now_s=now_s) as writing:
            if not values or not writing.run(sa.update(PEOPLE).where(PEOPLE.c.name == name).values(**values)):
                raise NoSuchRecord.of("person", name)
            writing.run(sa.delete(SESSIONS).where(SESSIONS.c.person == name))
            writing.note("person_changed", f"{name} {', '.join(said)}", about=f"person/{name}")
            row = writing.row(sa.select(PEOPLE).where(PEOPLE.c.name == name))
            assert row is not None, "it was just changed"
        return _person(row)

    def list(self) -> tuple[Person, ...]:
        """Return all people, by name."""
        with self._database.reading() as reading:
            return tuple(_person(row) for row in reading.rows(sa.select(PEOPLE).order_by(PEOPLE.c.name)))

    def sign_in(self, name: str, password: str, *, now_s: float) -> Session | None:
        """Begin a session for who knows the password; None for anything else, whatever it is.

        It takes the same time whether there is such a person or not.
        """
        with self._database.reading() as reading:
            row = reading.row(sa.select(PEOPLE).where(PEOPLE.c.name == name))
        waits = row is not None and now_s < _free_at_s(row)
        if self._nobodys is None:
            # Of no password that anybody knows: a stranger's name costs the same time as a real one.
            self._nobodys = self._hasher.hash(secrets.token_hex(16))
        hashed = row["password"] if row is not None and row["password"] else self._nobodys
        right = self._verified(hashed, password)
        if row is None or waits:
            return None
        if not right or row["password"] is None or row["disabled_at_s"] is not None:
            with self._database.writing(by=name, now_s=now_s) as writing:
                failures = PEOPLE.c.failures + 1
                values = {"failures": failures, "failed_at_s": now_s}
                writing.run(sa.update(PEOPLE).where(PEOPLE.c.name == name).values(**values))
                writing.note("sign_in_failed", f"somebody tried to sign in as {name}", about=f"person/{name}")
            return None
        with self._database.writing(by=name, now_s=now_s) as writing:
            writing.run(sa.update(PEOPLE).where(PEOPLE.c.name == name).values(failures=0, failed_at_s=None))
            return _begin(writing, _person(row))

    def sign_in_by_identity(self, identity: str, *, now_s: float) -> Session | None:
        """Begin a session for whom an OpenID provider vouches; None where nobody has that identity."""
        of = PEOPLE.c
        with self._database.reading() as reading:
            row = reading.row(sa.select(PEOPLE).where(of.identity == identity, of.disabled_at_s.is_(None)))
        if row is None:
            return None
        with self._database.writing(by=row["name"], now_s=now_s) as writing:
            return _begin(writing, _person(row))

    def session(self, key: str, *, now_s: float) -> Session | None:
        """Return the session of a key, None where it is over or never was; it idles from now on."""
        found = self._session(key, now_s=now_s)
        if found is None:
            return None
        session, seen_at_s = found
        if now_s - seen_at_s > _SEEN_EVERY_S:
            with self._database.writing(by=session.person.name, now_s=now_s) as writing:
                of = SESSIONS.c
                writing.run(sa.update(SESSIONS).where(of.digest == _digest(key)).values(seen_at_s=now_s))
        return session

    def session_as_it_is(self, key: str, *, now_s: float) -> Session | None:
        """Return the session of a key as ``session`` does, for what is no sign that anybody is there.

        A page that listens for news asks this: left open on a desk, it does not keep its session alive.
        """
        found = self._session(key, now_s=now_s)
        return None if found is None else found[0]

    def _session(self, key: str, *, now_s: float) -> tuple[Session, float] | None:
        """Return a session, and when somebody last did something in it."""
        of = SESSIONS.c
        with self._database.reading() as reading:
            row = reading.row(
                sa.select(SESSIONS).where(
                    of.digest == _digest(key), of.until_s > now_s, of.seen_at_s > now_s - IDLE_S
                )
            )
            if row is None:
                return None
            person = reading.row(sa.select(PEOPLE).where(PEOPLE.c.name == row["person"]))
        if person is None or person["disabled_at_s"] is not None:
            return None
        session = Session(person=_person(person), csrf=row["csrf"], until_s=row["until_s"])
        return session, float(row["seen_at_s"])

    def sign_out(self, key: str, *, now_s: float) -> None:
        """End a session, and forget those that are over."""
        of = SESSIONS.c
        with self._database.writing(by="people", now_s=now_s) as writing:
            over = sa.or_(of.digest == _digest(key), of.until_s <= now_s)
            writing.run(sa.delete(SESSIONS).where(over))

    def _verified(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    def _hashed(self, password: str) -> str:
        if len(password) < SHORTEST_PASSWORD:
            raise BadSetting(f"the password is short; take at least {SHORTEST_PASSWORD} characters")
        return self._hasher.hash(password)


def _begin(writing: Writing, person: Person) -> Session:
    key, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    until_s = writing.now_s + SESSION_S
    writing.run(
        sa.insert(SESSIONS),
        [
            {
                "digest": _digest(key),
                "person": person.name,
                "csrf": csrf,
                "began_at_s": writing.now_s,
                "seen_at_s": writing.now_s,
                "until_s": until_s,
            }
        ],
    )
    writing.note("signed_in", f"{person.name} signed in", about=f"person/{person.name}")
    return Session(person=person, csrf=csrf, until_s=until_s, key=key)


def _person(row: Row) -> Person:
    return record_of(row, Person)


def _free_at_s(row: Row) -> float:
    """Return from when on a person may try again."""
    over = row["failures"] - _FREE_FAILURES
    if over < 0 or row["failed_at_s"] is None:
        return 0.0
    wait_s: float = min(_FIRST_WAIT_S * 2.0 ** min(over, 20), _LONGEST_WAIT_S)
    return float(row["failed_at_s"]) + wait_s


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()
