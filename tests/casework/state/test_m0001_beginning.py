from excise.casework.state.migrations.versions import m0001_beginning
from excise.casework.state.tables import METADATA


def test_it_is_the_first_and_makes_all_tables(state):
    assert m0001_beginning.down_revision is None
    with state.database.engine.connect() as connection:
        there = set(state.database.engine.dialect.get_table_names(connection))
    assert there - {"alembic_version"} == set(METADATA.tables)
