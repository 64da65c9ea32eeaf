from excise.ingest.fields import first, mapping, parsed, sequence, text_at, text_of


def test_first_takes_zero_and_false() -> None:
    assert first(None, 0, 5) == 0
    assert first(*[None, False]) is False
    assert first(None, "") is None
    assert first() is None


def test_text_at_passes_over_what_is_no_text() -> None:
    assert text_at({"a": [], "b": 5, "c": "", "d": "x"}, "a", "b", "c", "missing", "d") == "x"


def test_text_of_takes_text_and_whole_numbers_alone() -> None:
    assert [text_of(v) for v in ("a", "", 5, True, 1.5, None, [])] == ["a", None, "5", None, None, None, None]


def test_mapping_and_sequence_of_anything() -> None:
    for value in (None, 5, "x", [1]):
        assert mapping(value) == {}
    for other in (None, 5, "x", {"a": 1}):
        assert sequence(other) == []


def test_parsed_gives_back_what_it_cannot_read() -> None:
    for text in ("{", "[1", "{'a': 1}", "[" * 100_000, "x", ""):
        assert parsed(text) == text
    assert parsed(' {"a": "\\ud800"}') == {"a": "\ufffd"}
