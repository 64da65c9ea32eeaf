from pathlib import Path

import pytest

from excise.casework.refusals import SealBroken
from excise.casework.sealing import Opener
from excise.service.journal.spool import originals


def test_an_account_is_found_once_a_record_and_opened_by_the_private_part_alone(
    tmp_path: Path, writer, forgotten, made
) -> None:
    opener, seal = Opener.generate()
    for at_s in (1.0, 2.0):  # delivered twice
        writer.append(made.rows("1", at_s=at_s), made.words("1", at_s=at_s, seal=seal.seal))
    writer.append(made.rows("2", account="bob"), made.words("2", account="bob", seal=seal.seal))
    found = list(originals(tmp_path / "journal", forgotten, ["ann"], opener=opener.open))
    assert [(one.account, one.source, one.at_s, one.line) for one in found] == [
        ("ann", "litellm", 1.0, b"a secret word of 1")
    ]
    stranger, _ = Opener.generate()
    with pytest.raises(SealBroken):
        list(originals(tmp_path / "journal", forgotten, ["ann"], opener=stranger.open))


def test_what_was_forgotten_is_not_given_even_before_it_is_cleaned(
    tmp_path: Path, writer, forgotten, made
) -> None:
    writer.append(made.rows("1"), made.words("1", at_s=10.0))
    forgotten.add(["ann"], now_s=20.0)
    assert list(originals(tmp_path / "journal", forgotten, ["ann"], opener=bytes)) == []
