"""Identity strings of a log, made safe to keep: no credential, no control character, bounded length.

Account ids, addresses and client names stay as the provider gave them, for enforcement needs them. But a log
is hostile: a user agent may hold a key, an escape sequence for a terminal, a character that turns text
around, or a megabyte.
"""

import hashlib
import re
from functools import lru_cache

from excise.ingest.credentials import without_credentials

LONGEST = 256
"""Characters of an identity that are kept; a longer one is cut and ends in a hash of the whole."""

# C0, C1, delete, line and paragraph separators, and the characters that reorder text (Unicode UAX 9)
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def identity(value: str | None) -> str | None:
    r"""Return an identity as it is kept; None where the log has none or an empty one.

    >>> identity("acct_5f45ee95ac")
    'acct_5f45ee95ac'
    >>> identity("ann\x00\x1b[2J")
    'ann\\u0000\\u001b[2J'
    >>> identity("sk-test-0123456789abcdef")
    'key:c871f067542d565c57ebb8b54f99afe3'
    >>> identity("  ") is None
    True
    >>> len(identity("x" * 1_000_000))
    256
    """
    if not value:
        return None
    # only short values are remembered: the memory that the cache can take is bounded, whatever a log holds
    return _remembered(value) if len(value) <= LONGEST else _kept(value)


def record_id_of(value: str | None, line: bytes) -> str:
    """Return a record's own id or, where the source gives none, a hash of its line.

    Reading the same line twice thus gives the same id, and two lines that are equal to the byte are one
    record.

    >>> record_id_of("chatcmpl-44ac", b"{}")
    'chatcmpl-44ac'
    >>> record_id_of(None, b"{}")
    'line:44136fa355b3678a1146ad16f7e8649e'
    """
    if value and _HARMLESS.fullmatch(value):
        return value
    kept = _kept(value) if value else None
    return kept or "line:" + hashlib.sha256(line).hexdigest()[:32]


def _kept(value: str) -> str | None:
    kept = without_credentials(value[:_SCANNED].strip())
    if not kept.isprintable():
        kept = _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", kept)
    if len(value) > LONGEST or len(kept) > LONGEST:
        digest = hashlib.sha256(value.encode()).hexdigest()[:32]
        kept = f"{kept[: LONGEST - 33]}~{digest}"
    return kept or None


_remembered = lru_cache(maxsize=32_768)(_kept)
_SCANNED = 4 * LONGEST
# The ids of most sources: hexadecimal behind a known prefix. No credential has that shape, which a test
# proves, and looking closer at each of millions of ids would cost a tenth of all decoding.
_HARMLESS = re.compile(r"(?:(?:chatcmpl|cmpl|resp|msg|req|gen|sess|trace)[-_])?[0-9a-f-]{8,72}")
