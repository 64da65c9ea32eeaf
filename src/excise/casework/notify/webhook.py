"""A webhook: the notice as JSON, signed.

``X-Excise-Signature`` is ``t=MOMENT,v1=HEX``, where HEX is HMAC-SHA-256 over ``MOMENT.BODY`` under the
secret. Who receives it checks that, and that MOMENT is not long ago. ``X-Excise-Id`` is the same when a
notice is sent again.
"""

import hashlib
import hmac
from pathlib import Path

import msgspec

from excise.casework.notify.failures import NotSent
from excise.casework.notify.posting import post
from excise.casework.policy import Webhook
from excise.casework.state.outbox import Posted


def send(channel: Webhook, posted: Posted, *, now_s: float) -> None:
    """Send a notice.

    Raises:
        NotSent: it did not arrive, or its secret cannot be read.
    """
    body = msgspec.json.encode({"id": posted.id, **msgspec.to_builtins(posted.message)})
    headers = {"X-Excise-Id": posted.id, "X-Excise-Event": posted.event}
    if channel.secret_file is not None:
        try:
            secret = Path(channel.secret_file).read_bytes().strip()
        except OSError as error:
            raise NotSent(f"{channel.secret_file}: {error.strerror}") from None
        headers["X-Excise-Signature"] = signature(secret, body, now_s=now_s)
    post(channel.url, body, headers)


def signature(secret: bytes, body: bytes, *, now_s: float) -> str:
    """Return the header that says who has sent a body, and when.

    >>> signature(b"k", b"{}", now_s=5.0)[:13]
    't=5,v1=d06625'
    """
    moment = str(int(now_s))
    digest = hmac.new(secret, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
