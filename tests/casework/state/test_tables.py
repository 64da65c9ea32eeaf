from excise.casework.state.tables import METADATA, Json


def test_every_table_has_a_key():
    assert [table.name for table in METADATA.sorted_tables if not table.primary_key.columns] == []


def test_json_is_one_text_for_one_record():
    kind = Json()
    assert kind.process_bind_param({"b": 1, "a": [2]}, None) == '{"a":[2],"b":1}'
    assert kind.process_result_value('{"a":[2]}', None) == {"a": [2]}
    assert kind.process_bind_param(None, None) is None
    assert kind.process_result_value(None, None) is None
