"""Saved views: what a person asks of a list, under a name."""

import sqlalchemy as sa
from msgspec import Struct

from excise.casework.state.database import Database, record_of
from excise.casework.state.tables import VIEWS
from excise.casework.state.texts import kept


class View(Struct, frozen=True, kw_only=True):
    """A saved view; ``query`` is the query of its address."""

    name: str
    query: str


class Views:
    """The saved views of all people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, person: str) -> tuple[View, ...]:
        """Return a person's views, by name."""
        of = VIEWS.c
        with self._database.reading() as reading:
            rows = reading.rows(sa.select(VIEWS).where(of.person == person).order_by(of.name))
        return tuple(record_of(row, View) for row in rows)

    def save(self, person: str, view: View, *, now_s: float) -> None:
        """Save a view, in place of one of the same name.

        Raises:
            BadSetting: it has no name or no query, or they are long.
        """
        row: dict[str, object] = {
            "person": person,
            "name": kept(view.name, "name", most=100),
            "query": kept(view.query, "query", most=2_000),
        }
        with self._database.writing(by=person, now_s=now_s) as writing:
            writing.put(VIEWS, [row])

    def remove(self, person: str, name: str, *, now_s: float) -> None:
        """Remove a view; one that is not there is removed already."""
        of = VIEWS.c
        with self._database.writing(by=person, now_s=now_s) as writing:
            writing.run(sa.delete(VIEWS).where(of.person == person, of.name == name))
