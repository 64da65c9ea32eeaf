"""``webhook``: every change is pushed, signed, for whatever has no gateway here."""

import asyncio
import hashlib
import hmac
import logging
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import msgspec

from excise.casework.decision import Changes
from excise.enforcement.desk import Desk
from excise.enforcement.gateways import Gateway
from excise.errors import BadSetting, NotInstalled

if TYPE_CHECKING:
    import httpx

_LOG = logging.getLogger(__name__)
_LONGEST_WAIT_S = 60.0
SIGNATURE = "x-excise-signature"


@dataclass(frozen=True)
class Webhook(Gateway):
    """Posts what changed as JSON, in order, again and again until it is taken.

    A body has ``sequence``, ``whole``, ``effects`` and ``lifted``; who takes it keeps the last sequence
    number and passes over lower ones. After a break that is longer than the desk remembers a whole table
    comes, with ``whole`` true: what is not in it holds no more. ``X-Excise-Signature`` is
    ``t=SECONDS,v1=HEX``: HMAC-SHA256 of the seconds, a full stop and the body.

    Args:
        url: where to; "" does not push.
        secret_variable: the environment variable with the secret that signs; it has to be there.
        look_every_s: how often to look for changes.
        timeout_s: how long a push may take.
    """

    url: str = ""
    secret_variable: str = "EXCISE_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable
    look_every_s: float = 0.2
    timeout_s: float = 10.0

    page: ClassVar[str] = "gateways/webhook.md"

    def beside(self, desk: Desk) -> AbstractAsyncContextManager[None]:
        """Return what pushes.

        Raises:
            BadSetting: there is no secret.
            NotInstalled: httpx is not there.
        """
        return self._pushing(desk)

    @asynccontextmanager
    async def _pushing(self, desk: Desk) -> AsyncIterator[None]:
        if not self.url:
            yield
            return
        secret = os.environ.get(self.secret_variable, "").encode()
        if not secret:
            raise BadSetting(
                f"[enforcement.gateways.webhook] url: what is pushed has to be signed; set the environment "
                f"variable {self.secret_variable} to a secret that the receiver knows"
            )
        try:
            import httpx  # noqa: PLC0415 - of the extra
        except ImportError:
            raise NotInstalled(
                "webhook stands on the package httpx; pip install 'excise[serve]' brings it"
            ) from None
        async with httpx.AsyncClient(timeout=self.timeout_s, follow_redirects=False) as client:
            pushing = asyncio.create_task(self._push(desk, client, secret))
            try:
                yield
            finally:
                pushing.cancel()
                with suppress(asyncio.CancelledError):
                    await pushing

    async def _push(self, desk: Desk, client: "httpx.AsyncClient", secret: bytes) -> None:
        sequence, wait_s = -1, self.look_every_s
        while True:
            await asyncio.sleep(wait_s)
            wait_s = self.look_every_s
            if not desk.table.filled or desk.sequence == sequence:
                continue
            changes = desk.since(sequence)
            if changes is None:
                upto = desk.sequence
                changes = Changes(sequence=upto, whole=True, effects=tuple(desk.table.effects()))
            if await self._taken(client, changes, secret, at_s=desk.clock()):
                sequence = changes.sequence
            else:
                wait_s = min(max(wait_s, 0.5) * 2, _LONGEST_WAIT_S)

    async def _taken(
        self, client: "httpx.AsyncClient", changes: Changes, secret: bytes, *, at_s: float
    ) -> bool:
        import httpx  # noqa: PLC0415 - of the extra

        body = msgspec.json.encode(changes)
        headers = {"content-type": "application/json", SIGNATURE: signature(body, secret, at_s=at_s)}
        try:
            response = await client.post(self.url, content=body, headers=headers)
        except httpx.HTTPError as error:
            _LOG.warning(
                "the webhook did not take changes up to %d: %s", changes.sequence, type(error).__name__
            )
            return False
        if not response.is_success:
            _LOG.warning(
                "the webhook answered %d to changes up to %d", response.status_code, changes.sequence
            )
        return response.is_success


def signature(body: bytes, secret: bytes, *, at_s: float) -> str:
    """Return the signature of a push.

    >>> signature(b"{}", b"secret", at_s=1_700_000_000.0)[:17]
    't=1700000000,v1=b'
    """
    seconds = str(int(at_s))
    signed = hmac.new(secret, seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={signed}"
