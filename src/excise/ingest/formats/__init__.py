"""Log formats: one file a format. A line of a log goes in, Exchanges come out.

A member is a class without state. It recognizes its own records (``recognizes``), decodes a line
(``exchanges``) and says which field of an Exchange is the account where the user does not choose one
(``account_field``). Decoding is typed (msgspec): a field of the wrong type is an ``Unreadable`` that names
the field. A field that the source leaves out is None, and no reason to refuse a record; only a start time
must be there. Credentials (bearer tokens, keys) never enter an Exchange: identity fields go through
``identities.identity``.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar

from excise.ingest.exchange import Exchange


class Format(ABC):
    """A log format."""

    account_field: ClassVar[str]
    """The Exchange field that is the account by default; one of ``exchange.ACCOUNT_FIELDS``."""

    @classmethod
    @abstractmethod
    def recognizes(cls, record: Mapping[str, object]) -> bool:
        """Say whether a decoded JSON object looks like one of this format's records."""

    @abstractmethod
    def exchanges(self, line: bytes) -> Iterator[Exchange]:
        """Decode one line: none (a record of another kind), one or several Exchanges.

        A line that batches records yields the good ones first and raises last: what was yielded is kept.

        Raises:
            Unreadable: the line is no record of this format; the message names the field and what is wrong.
        """
