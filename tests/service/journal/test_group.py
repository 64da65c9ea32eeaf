import pytest
from cryptography.exceptions import InvalidTag

from excise.casework.sealing import Opener
from excise.service.journal.framing import framed
from excise.service.journal.group import ROWS, opened, packed


def test_only_the_opener_reads_what_was_sealed(made) -> None:
    opener, seal = Opener.generate()
    words = made.words("1", "2", seal=seal.seal)
    key = opener.open(words.key)
    assert [opened(key, one, most_bytes=100) for one in words.sealed] == [
        b"a secret word of 1",
        b"a secret word of 2",
    ]
    assert b"secret" not in packed(made.rows("1", "2"), words)
    other = opener.open(made.words("1", seal=seal.seal).key)
    with pytest.raises(InvalidTag):
        opened(other, words.sealed[0], most_bytes=100)


def test_rows_come_back_as_they_were(made) -> None:
    rows = made.rows("1", "2")
    assert rows.batches[0].rows().column("account").to_pylist() == ["ann", "ann"]
    assert rows.batches[0].rows().schema.names[0] == "record"


def test_a_group_without_words_is_its_rows(made) -> None:
    rows = made.rows("1")
    assert packed(rows, None)[0] == framed(ROWS, b"")[0]
