"""The account directory: what the provider knows of an account besides its traffic.

Country, names and language are never evidence (rule 3 of the design), so they are not even read: nothing is
kept of a column that is not named here. Of a mail address only its domain is.
"""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from excise.ingest.identities import identity
from excise.store.moments import moment_us
from excise.store.rows import Convert, Layout, Reading, text
from excise.store.rows import read as read_rows

SCHEMA: pa.Schema = pa.schema(
    [
        pa.field("account", pa.string()),
        pa.field("created_at", pa.timestamp("us", tz="UTC")),
        pa.field("email_domain", pa.string()),
        pa.field("payment_fingerprint", pa.string()),
        pa.field("plan", pa.string()),
        pa.field("organization", pa.string()),
        pa.field("verification", pa.string()),
        pa.field("programme", pa.string()),
    ]
)
"""``verification`` is ``none``, ``identity``, ``business`` (checked in a registry) or the provider's word."""


def read(paths: Iterable[Path]) -> Reading:
    """Read account directories; of an account that comes twice the last row is taken.

    Raises:
        BadTable: a file cannot be read, has no column ``account``, or not one good row.
    """
    return read_rows(paths, _LAYOUT)


def domain(value: object) -> str | None:
    """Return the domain of a mail address, or a domain as it is, in small letters.

    >>> domain("Somebody@Example.org"), domain("example.org")
    ('example.org', 'example.org')
    """
    name = text(value)
    return name and (name.rpartition("@")[2].lower() or None)


def account(value: object) -> str | None:
    r"""Return an account's name as the log's readers keep it, for else the two would not meet.

    >>> account(" acct_1 "), account("ann\x1b[2J"), account("sk-test-0123456789abcdef")
    ('acct_1', 'ann\\u001b[2J', 'key:c871f067542d565c57ebb8b54f99afe3')
    """
    return identity(text(value))


_LAYOUT = Layout(
    what="account directory",
    schema=SCHEMA,
    converts=dict[str, Convert](dict.fromkeys(SCHEMA.names, text))
    | {"account": account, "created_at": moment_us, "email_domain": domain},
    required=("account",),
    inside="accounts",
)
