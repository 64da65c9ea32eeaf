"""The spool: exchanges as they arrived, sealed, until their time is over.

This finds them; only who holds the private part of the seal opens them. A record that arrived twice is
there twice and given once.
"""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from msgspec import Struct

from excise.service.journal.forgotten import Forgotten
from excise.service.journal.framing import payload
from excise.service.journal.group import WORDS_DECODER, Words, opened
from excise.service.journal.segment import file_of, numbers, places, writers

MOST_BYTES = 64 * 2**20
"""The longest record that is opened."""


class Original(Struct, frozen=True):
    """One record as it arrived: its keyed hash, whose, from which source, when, and its bytes."""

    record: bytes
    account: str | None
    source: str
    at_s: float
    line: bytes


def originals(
    journal: Path, forgotten: Forgotten, accounts: Collection[str], *, opener: Callable[[bytes], bytes]
) -> Iterator[Original]:
    """Yield what accounts sent, as far as the spool still has it, each record once, in order of arrival.

    Args:
        journal: the journal's folder.
        forgotten: who was forgotten; what is still to be removed of theirs is not given.
        accounts: whose.
        opener: opens what the seal closed: ``excise.casework.sealing.Opener.open``.
    """
    wanted, given = frozenset(accounts), set[bytes]()
    retention = forgotten.retention()
    for words in _all(journal):
        picked = [
            one
            for one in words.sealed
            if one.account is not None
            and one.account in wanted
            and one.record not in given
            and round(words.at_s * 1e6) >= (retention.until_us(one.account) or 0)
        ]
        if picked:
            key = opener(words.key)
            for one in picked:
                given.add(one.record)
                line = opened(key, one, most_bytes=MOST_BYTES)
                yield Original(one.record, one.account, one.source, words.at_s, line)


def _all(journal: Path) -> Iterator[Words]:
    for folder in writers(journal):
        for number in numbers(folder):
            path = file_of(folder, number)
            if not path.exists():  # cleaned away since
                continue
            with path.open("rb") as file:
                for place in places(file):
                    data = place.words and payload(file, place.words)
                    if data:
                        yield WORDS_DECODER.decode(data)
