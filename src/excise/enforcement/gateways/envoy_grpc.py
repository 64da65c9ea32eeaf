"""``envoy_grpc``: Envoy's filter ``ext_authz`` over gRPC, and Envoy Gateway's ``extAuth.grpc``."""

import hmac
import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from excise.enforcement.desk import Desk
from excise.enforcement.gateways import Gateway
from excise.enforcement.passing import headers_for_upstream
from excise.enforcement.raw import clean
from excise.errors import BadSetting, NotInstalled

if TYPE_CHECKING:
    from envoy.service.auth.v3.external_auth_pb2 import CheckRequest, CheckResponse

_METHOD = "/envoy.service.auth.v3.Authorization/Check"
_DENIED = 7
"""``PERMISSION_DENIED`` of google.rpc.Code."""

_LOOPBACK = ("127.", "localhost:", "[::1]:", "unix:")
TOKEN = "x-excise-token"  # noqa: S105 - the name of a header


@dataclass(frozen=True)
class EnvoyGrpc(Gateway):
    """Serves ``envoy.service.auth.v3.Authorization`` on an address of its own.

    Args:
        address: where, such as ``127.0.0.1:9191`` or ``unix:/run/excise/authz.sock``; "" does not serve.
        token_variable: the environment variable with the token that Envoy shows as the metadata
            ``x-excise-token``; needed where the address is not of this machine alone.
    """

    address: str = ""
    token_variable: str = "EXCISE_GRPC_TOKEN"  # noqa: S105 - the name of a variable

    page: ClassVar[str] = "gateways/envoy.md"

    def beside(self, desk: Desk) -> AbstractAsyncContextManager[None]:
        """Return the server.

        Raises:
            BadSetting: the address cannot be listened on, or is open to others and there is no token.
            NotInstalled: gRPC or Envoy's protocol is not there.
        """
        return self._serving(desk)

    @asynccontextmanager
    async def _serving(self, desk: Desk) -> AsyncIterator[None]:
        if not self.address:
            yield
            return
        token = os.environ.get(self.token_variable, "")
        if not token and not self.address.startswith(_LOOPBACK):
            raise BadSetting(
                f"[enforcement.gateways.envoy_grpc] address: {self.address} is open to others; set the "
                f"environment variable {self.token_variable} to a token, or listen on 127.0.0.1 or unix:"
            )
        protocol = _protocol()
        server = protocol.grpc.aio.server()
        server.add_generic_rpc_handlers((_handler(protocol, desk, token),))
        try:
            server.add_insecure_port(self.address)
        except RuntimeError:
            raise BadSetting(
                f"[enforcement.gateways.envoy_grpc] address: nothing can listen on {self.address}"
            ) from None
        await server.start()
        try:
            yield
        finally:
            await server.stop(grace=1.0)


class _Protocol(NamedTuple):
    """What is imported when somebody serves, and not before."""

    grpc: Any
    auth: Any
    base: Any


@cache
def _protocol() -> _Protocol:
    try:
        import grpc  # noqa: PLC0415 - of the extra
        from envoy.config.core.v3 import base_pb2  # noqa: PLC0415
        from envoy.service.auth.v3 import external_auth_pb2  # noqa: PLC0415
    except ImportError:
        raise NotInstalled(
            "envoy_grpc stands on the packages grpcio and xds-protos; pip install 'excise[envoy]' brings them"
        ) from None
    return _Protocol(grpc, external_auth_pb2, base_pb2)


def _handler(protocol: _Protocol, desk: Desk, token: str) -> object:
    grpc, auth = protocol.grpc, protocol.auth
    respond = responder(desk)

    async def check(request: "CheckRequest", context: Any) -> "CheckResponse":  # noqa: ANN401 - grpc's
        if token:
            shown = dict(context.invocation_metadata() or ()).get(TOKEN, "")
            if not hmac.compare_digest(str(shown).encode(), token.encode()):
                await context.abort(grpc.StatusCode.UNAUTHENTICATED, "the token is wrong")
        return respond(request)

    method = grpc.unary_unary_rpc_method_handler(
        check,
        request_deserializer=auth.CheckRequest.FromString,
        response_serializer=auth.CheckResponse.SerializeToString,
    )
    service, _, name = _METHOD.lstrip("/").partition("/")
    return grpc.method_handlers_generic_handler(service, {name: method})


def responder(desk: Desk) -> "Callable[[CheckRequest], CheckResponse]":
    """Return what answers a check.

    Raises:
        NotInstalled: Envoy's protocol is not there.
    """
    protocol = _protocol()
    auth = protocol.auth

    def options(headers: Iterable[tuple[str, str]]) -> list[Any]:
        made = protocol.base.HeaderValueOption
        replace = made.OVERWRITE_IF_EXISTS_OR_ADD
        return [
            made(header={"key": name, "value": clean(value)}, append_action=replace)
            for name, value in headers
        ]

    passes = auth.CheckResponse(
        status={"code": 0}, ok_response={"headers": options((("x-excise-action", "allow"),))}
    )
    passes.ok_response.headers.extend(options((("x-excise-degradation", "{}"),)))

    def respond(request: "CheckRequest") -> "CheckResponse":
        sent = request.attributes.request.http.headers
        peer = request.attributes.source.address.socket_address.address
        answer = desk.decide(desk.identity.caller(sent.get, peer=peer or None))
        if answer.refused:
            refusal = desk.refusal(answer)
            return auth.CheckResponse(
                status={"code": _DENIED, "message": refusal.code},
                denied_response={
                    "status": {"code": refusal.status},
                    "headers": options(refusal.headers),
                    "body": refusal.body.decode(),
                },
            )
        if answer.degradation is None:
            return passes
        ok = {"headers": options(headers_for_upstream(answer))}
        return auth.CheckResponse(status={"code": 0}, ok_response=ok)

    return respond
