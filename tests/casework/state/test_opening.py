import threading

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from excise.casework.refusals import StateUnreachable
from excise.casework.state import State
from excise.casework.state.tables import METADATA

NOW_S = 1_790_000_000.0
SECRET = bytes(16)


def test_the_migrations_make_the_tables_that_the_code_asks(state):
    with state.database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, METADATA) == []


def test_opening_again_changes_nothing(url, state_at):
    first = state_at(url)
    assert first.revision() == "0001"
    assert state_at(url).ledger.verify().entries == 1


def test_several_that_open_a_new_one_at_once(url):
    states, errors = [], []

    def open_one():
        try:
            states.append(State.open(url, secret=SECRET, now_s=NOW_S))
        except BaseException as error:  # noqa: BLE001 - told below
            errors.append(error)

    threads = [threading.Thread(target=open_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert states[0].ledger.verify().entries == 1
    for state in states:
        state.close()


def test_tables_of_a_newer_program_are_left_alone(state, url):
    with state.database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StateUnreachable, match="revision 9999"):
        State.open(url, secret=SECRET, now_s=NOW_S)
