"""Time stamps (RFC 3161): somebody else signs that a text was there at a time.

Without one, a finding's dates are what its maker says. The protocol is stamped before the first question, the
manifest when the finding is done. Checking needs no network, only the root certificate of the authority.
"""

from pathlib import Path

import httpx
from cryptography import x509
from msgspec import Struct
from rfc3161_client import (
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from excise.errors import BadSetting, ExciseError

_TIMEOUT_S = 30.0
_MOST_BYTES = 1_000_000


class NoTimestamp(ExciseError):
    """The time-stamping authority did not give a time stamp that can be used."""


class Stamped(Struct, frozen=True):
    """What a time stamp says: when (epoch seconds), and by whom as its certificate names itself."""

    at_s: float
    authority: str


def roots_in(path: Path) -> tuple[x509.Certificate, ...]:
    """Read the root certificates of an authority from a PEM file.

    Raises:
        BadSetting: it holds none.
    """
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except ValueError:
        raise BadSetting(f"{path}: there is no certificate in PEM in it") from None


def stamp(data: bytes, url: str) -> bytes:
    """Ask an authority to stamp data. Only its hash is sent.

    Returns:
        the authority's answer in DER, to be kept beside the data.

    Raises:
        NoTimestamp: it gave none.
    """
    request = TimestampRequestBuilder().data(data).nonce(nonce=True).cert_request(cert_request=True).build()
    try:
        reply = httpx.post(
            url,
            content=request.as_bytes(),
            headers={"Content-Type": "application/timestamp-query"},
            timeout=_TIMEOUT_S,
        )
        reply.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoTimestamp(f"{url}: {error}; try again, or leave --tsa away") from None
    token = reply.content[:_MOST_BYTES]
    try:
        answer = decode_timestamp_response(token)
        same = answer.tst_info.nonce == request.nonce
        same = same and answer.tst_info.message_imprint.message == request.message_imprint.message
    except ValueError as error:
        raise NoTimestamp(f"{url}: it answered what is no time stamp: {error}") from None
    if not same:
        raise NoTimestamp(f"{url}: it stamped something else than what was sent")
    return token


def check(token: bytes, data: bytes, roots: tuple[x509.Certificate, ...]) -> Stamped:
    """Check a time stamp of data, offline.

    Raises:
        NoTimestamp: it is none of this data, or no given root vouches for it.
    """
    try:
        answer = decode_timestamp_response(token)
        builder = VerifierBuilder()
        for root in roots:
            builder = builder.add_root_certificate(root)
        builder.build().verify_message(answer, data)
        names = [x509.load_der_x509_certificate(c) for c in answer.signed_data.certificates]
        said_s = answer.tst_info.gen_time.timestamp()
    except (ValueError, VerificationError) as error:
        raise NoTimestamp(f"the time stamp does not hold: {error}") from None
    leaf = next((n for n in names if n.subject != n.issuer), names[0] if names else None)
    return Stamped(said_s, leaf.subject.rfc4514_string() if leaf is not None else "")
