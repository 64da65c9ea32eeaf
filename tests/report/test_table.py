import math

from excise.report.quantities import NOTHING
from excise.report.table import sort_key, write


def test_cells_are_written_by_kind():
    assert write(1234567, "count") == "1,234,567"
    assert write(1234567, "compact") == "1.23 M"
    assert write(4.25, "weight") == "+4.2"
    assert write(0.0, "day") == "1970-01-01"
    assert write("", "text") == NOTHING
    assert write("x\u202e", "text") == "x\\u202e"


def test_names_are_cut_and_sentences_hardly():
    assert len(write("n" * 500, "name")) == 80
    assert len(write("s" * 500, "text")) == 500


def test_numbers_sort_in_full_and_the_rest_by_its_words():
    assert sort_key(1234567) == "1234567"
    assert sort_key(math.inf) == sort_key(None) == sort_key("a") == ""
