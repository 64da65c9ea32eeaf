"""Programmes in the state: who is exempt, until when, and how much of it is used."""

from collections.abc import Collection

import msgspec
import sqlalchemy as sa

from excise.casework.policy import Policy
from excise.casework.programme import Allowance, Programme
from excise.casework.refusals import NoSuchRecord, NotAsThingsStand
from excise.casework.state import effects, outbox
from excise.casework.state.database import Database, Reading, Writing
from excise.casework.state.exemption import all_of, covered, members_of, used, used_by_account
from excise.casework.state.outbox import Message
from excise.casework.state.tables import PROGRAMME_ACCOUNTS, PROGRAMMES
from excise.errors import BadSetting


class Programmes:
    """The programmes of a deployment. They exempt in one place: where effects are made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        name: str,
        *,
        contract: str,
        accounts: Collection[str],
        starts_at_s: float,
        until_s: float,
        limits: Allowance = Allowance(),  # noqa: B008 - frozen
        by: str,
        now_s: float,
    ) -> Programme:
        """Add a programme. What its accounts have sent before does not count against its limits.

        Raises:
            BadSetting: it has no name, no contract or no term.
            NotAsThingsStand: there is one of that name.
        """
        if not name.strip() or not contract.strip():
            raise BadSetting("a programme has a name, and says where its contract is written")
        if not starts_at_s < until_s:
            raise BadSetting(f"programme {name}: it ends before it begins; give it a term")
        with self._database.writing(by=by, now_s=now_s) as writing:
            of = PROGRAMMES
            if writing.row(sa.select(of.c.name).where(of.c.name == name)) is not None:
                raise NotAsThingsStand(
                    f"there is a programme {name!r} already; end it, and take another name"
                )
            programme = Programme(
                name=name,
                contract=contract,
                starts_at_s=starts_at_s,
                until_s=until_s,
                accounts=tuple(sorted(set(accounts))),
                limits=limits,
                added_by=by,
                added_at_s=now_s,
            )
            fields = msgspec.structs.asdict(programme)
            del fields["accounts"]
            writing.run(sa.insert(of), [fields | {"running": programme.runs(at_s=now_s)}])
            before = used_by_account(writing, programme.accounts)
            writing.run(
                sa.insert(PROGRAMME_ACCOUNTS),
                [
                    {
                        "programme": name,
                        "account": account,
                        "exchanges_before": before.get(account, (0, 0))[0],
                        "tokens_out_before": before.get(account, (0, 0))[1],
                    }
                    for account in programme.accounts
                ],
            )
            writing.note(
                "programme_added",
                f"programme {name} covers {len(programme.accounts):,} accounts: {contract}",
                about=f"programme/{name}",
                record=programme,
            )
            effects.remake(writing, members_of(writing, name), secret=self._database.secret)
        return programme

    def end(self, name: str, *, because: str, by: str, now_s: float) -> Programme:
        """End a programme; decisions that it held off hold from now.

        Raises:
            NoSuchRecord: there is none.
            NotAsThingsStand: it has ended.
        """
        with self._database.writing(by=by, now_s=now_s) as writing:
            found = {one.name: one for one in all_of(writing)}.get(name)
            if found is None:
                raise NoSuchRecord.of("programme", name)
            if found.ended_at_s is not None:
                raise NotAsThingsStand(f"programme {name} has ended: {found.ended_because}")
            return end(writing, found, because, secret=self._database.secret)

    def turn(self, *, now_s: float) -> None:
        """Let programmes begin and end whose time it is; ``decisions.expire_due`` does so as well."""
        turn(self._database, now_s=now_s)

    def list(self) -> tuple[Programme, ...]:
        """Return all programmes, those that have ended among them, by name."""
        with self._database.reading() as reading:
            return all_of(reading)

    def covering(self, account: str, now_s: float) -> Programme | None:
        """Return the programme that covers an account at a moment; None where none does.

        One that only the provider's directory names has no contract here, and no limits.
        """
        with self._database.reading() as reading:
            name = covered(reading, [account], at_s=now_s).get(account)
            if name is None:
                return None
            known = {programme.name: programme for programme in all_of(reading)}
        return known.get(name) or Programme(
            name=name,
            contract="as the provider's account directory says",
            starts_at_s=0.0,
            until_s=float(2**53),
            accounts=(account,),
            added_by="directory",
            added_at_s=0.0,
        )

    def used(self, name: str) -> tuple[int, int]:
        """Return what a programme's accounts have taken since it began: exchanges, and tokens out."""
        with self._database.reading() as reading:
            return used(reading, name)


def turn(database: Database, *, now_s: float) -> None:
    """Make the effects anew of programmes that have begun, or are over, since this was last called."""
    with database.reading() as reading:
        due = _due(reading, now_s)
    if not due:
        return
    with database.writing(by="state", now_s=now_s) as writing:
        for name, runs in _due(writing, now_s):
            writing.run(sa.update(PROGRAMMES).where(PROGRAMMES.c.name == name).values(running=runs))
            text = f"programme {name} has begun" if runs else f"programme {name} is over"
            writing.note("programme_turned", text)
            effects.remake(writing, members_of(writing, name), secret=database.secret)


def _due(reading: Reading, now_s: float) -> list[tuple[str, bool]]:
    """Return the programmes of which the effects do not know that they run, or that they do not any more."""
    of = PROGRAMMES.c
    rows = reading.rows(sa.select(of.name, of.running))
    running = {row["name"]: row["running"] for row in rows}
    found = [(one.name, one.runs(at_s=now_s)) for one in all_of(reading)]
    return [(name, runs) for name, runs in found if runs != running[name]]


def end_exceeded(
    writing: Writing, accounts: Collection[str], policy: Policy, *, secret: bytes
) -> tuple[Programme, ...]:
    """End the programmes whose limits are exceeded, among those that cover some accounts."""
    touched = set(covered(writing, accounts, at_s=writing.now_s).values())
    ended = []
    for programme in all_of(writing) if touched else ():
        if programme.name not in touched:
            continue
        why = programme.limits.exceeded_by(*used(writing, programme.name))
        if why is not None:
            because = f"its accounts have taken {why}"
            ended.append(end(writing, programme, because, secret=secret))
            title = f"programme {programme.name} has ended: {because}"
            text = "its accounts are not exempt any more; what was decided about them holds from now"
            outbox.post(
                writing,
                policy,
                Message(event="programme_ended", title=title, text=text, at_s=writing.now_s),
            )
    return tuple(ended)


def end(writing: Writing, programme: Programme, because: str, *, secret: bytes) -> Programme:
    """End a programme and say why."""
    ended = msgspec.structs.replace(programme, ended_at_s=writing.now_s, ended_because=because)
    writing.run(
        sa.update(PROGRAMMES)
        .where(PROGRAMMES.c.name == programme.name)
        .values(ended_at_s=ended.ended_at_s, ended_because=because, running=False)
    )
    writing.note(
        "programme_ended",
        f"programme {programme.name} has ended: {because}",
        about=f"programme/{programme.name}",
        record=ended,
    )
    effects.remake(writing, members_of(writing, programme.name), secret=secret)
    return ended
