"""The tables have names and columns before there is a store."""

from excise.store.tables import SCHEMAS, Tables, ibis_schema, tables


def test_each_table_has_its_schema() -> None:
    assert tuple(SCHEMAS) == Tables._fields
    for name, table in zip(Tables._fields, tables(), strict=True):
        assert table.schema() == ibis_schema(SCHEMAS[name])
        assert table.get_name() == name
