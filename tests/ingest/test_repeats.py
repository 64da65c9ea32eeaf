"""Ids that come again are counted whichever they are."""

import pytest

from excise.ingest.repeats import Repeats


def share(*names: bytes) -> float:
    repeats = Repeats()
    for name in names:
        repeats.add(name)
    return repeats.share()


def test_none_and_once() -> None:
    assert share() == 0.0
    assert share(*(b"%d" % n for n in range(2_000))) == 0.0


@pytest.mark.parametrize("name", [b"a", b"b", b"r0", b"chatcmpl-1", b"x" * 300])
def test_one_id_under_all_records_shows(name: bytes) -> None:
    assert share(*[name] * 300) == pytest.approx(299 / 300, abs=1e-5)
    # 20 of them among 2,000: whichever id it is, it is seen
    assert share(*(b"%d" % n for n in range(1_980)), *[name] * 20) == pytest.approx(19 / 2_000, abs=1e-4)


def test_what_chance_puts_together_is_subtracted() -> None:
    # 200,000 ids share some 149 bits by chance (sd 12); the seed is the ids themselves
    assert share(*(b"id-%d" % n for n in range(200_000))) < 4 * 12 / 200_000
