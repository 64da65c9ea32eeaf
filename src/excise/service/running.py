"""The whole service, from start to end: what is started in which order, and ended in the other."""

import asyncio
import contextlib
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import uvicorn
from msgspec import Struct

from excise import __version__
from excise.casework.policy import Policy
from excise.casework.state import State
from excise.casework.state.tokens import TokenScope
from excise.enforcement.desk import Desk
from excise.enforcement.gateways import Endpoint
from excise.enforcement.references import References
from excise.enforcement.table import DecisionTable
from excise.errors import BadSetting
from excise.observation.secret import Keyring
from excise.service import appeals, forgetting, gauges, health, openapi
from excise.service.app import gateways, table
from excise.service.capture import endpoints as capture_endpoints
from excise.service.capture.client import Capture
from excise.service.capture.tail import Tails
from excise.service.capture.work import Plan
from excise.service.folder import Folder
from excise.service.guard import Guard
from excise.service.health import Checked
from excise.service.journal.forgotten import Forgotten
from excise.service.logs import log, log_error
from excise.service.looping import LoopPlan, Turned, run
from excise.service.metrics import Metrics
from excise.service.protocol import with_limits
from excise.service.refreshing import Refreshing
from excise.service.settings import Settings, read
from excise.service.supervising import Supervised
from excise.service.tokens import Gatekeeper
from excise.service.upkeep import Notices, Upkeep, chores

_DRAIN_S = 15.0
_STALE_TABLE_S = 60.0

Further = Callable[["Service"], tuple[Endpoint, ...]]
"""Makes endpoints that another part brings, such as the console's."""


class Where(Struct, frozen=True, kw_only=True):
    """Where to listen: a host and a port, or a Unix socket; with TLS where there is a certificate."""

    host: str = "127.0.0.1"
    port: int = 8400
    unix_socket: Path | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None


class Service:
    """One process of the service.

    Args:
        folder: the data folder, begun.
        settings_file: is read now and on SIGHUP; None: all defaults.
        database: the address of the state; in the folder where None.
        where: where to listen.
        clock: epoch seconds.
        further: makes endpoints that others bring.
    """

    def __init__(
        self,
        folder: Folder,
        *,
        settings_file: Path | None,
        database: str | None,
        where: Where,
        clock: Callable[[], float],
        further: Further | None = None,
    ) -> None:
        self.folder = folder
        self.where = where
        self._settings_file = settings_file
        self.settings = read(settings_file)
        self.clock = clock
        self._database = database or folder.database
        self._keyring = Keyring.open(folder.secret, now_s=clock())
        self._further = further
        self.state = State.open(
            self._database, secret=self._keyring.derive("state"), now_s=clock(), outside=folder.ledger
        )
        self._policy = folder.read_policy()
        self._references = References(folder.reference_key())
        self.desk = Desk(
            DecisionTable(seed=secrets.randbits(63)),
            references=self._references,
            clock=clock,
            settings=self.settings.enforcement.desk,
        )
        self._gatekeeper = Gatekeeper(clock)
        self._refreshing = Refreshing(self.state, self.desk, self._gatekeeper, clock=time.monotonic)
        self.capture = Capture(
            _plan(folder, self.settings),
            waiting_bytes=self.settings.capture.waiting_bytes,
            said=log,
        )
        self._loop = Supervised(run, self._loop_plan(), name="excise loop", clock=time.monotonic, said=log)
        notices = Notices(self.state, folder, self._policy, clock=clock)
        self._upkeep = Upkeep(chores(self.state, folder, notices, clock=clock), clock=time.monotonic)
        self._tails = Tails(self.settings.tail, folder.tail, self.capture, key=self._keyring.derive("tail"))
        self._gateways = gateways(self.settings.enforcement.gateways)
        self._metrics = Metrics(
            gauges.gauges(
                capture=self.capture,
                desk=self.desk,
                loop=lambda: self._turned,
                table_age_s=self._refreshing.age_s,
                upkeep=self._upkeep,
                notices=notices,
                starts=lambda: {"capture": self.capture.load.starts, "loop": self._loop.standing.starts},
            )
        )
        self.guard = Guard(
            self._endpoints(),
            gatekeeper=self._gatekeeper,
            metrics=self._metrics,
            limits=self.settings.limits,
            clock=time.monotonic,
        )
        self._server: uvicorn.Server | None = None

    @property
    def policy(self) -> Policy:
        """The policy that holds now."""
        return self._policy

    def first_token(self) -> str | None:
        """Make a token that may do everything, where there is none yet; it is shown once and kept nowhere."""
        if self.state.tokens.list():
            return None
        made = self.state.tokens.make("first", tuple(TokenScope), by="serve", now_s=self.clock())
        return made.text

    def run(self) -> None:
        """Serve until a signal says to end. What was accepted by then is finished."""
        config = self._config()
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(self._serve(config))

    @property
    def _turned(self) -> Turned | None:
        said = self._loop.standing.said
        return said if isinstance(said, Turned) else None

    def _endpoints(self) -> tuple[Endpoint, ...]:
        forgotten = Forgotten(self.folder.journal, self._keyring.derive("forgotten"))
        whole = table(
            self.desk,
            self._gateways.values(),
            capture_endpoints.endpoints(self.capture),
            health.endpoints(__version__, self._checks(), self._metrics),
            (
                appeals.endpoint(self.state, self._references, lambda: self._policy, self.clock),
                forgetting.endpoint(forgotten, self.clock),
            ),
            () if self._further is None else self._further(self),
        )
        return (*whole, *openapi.endpoints(whole, __version__))

    def _checks(self) -> Mapping[str, Callable[[], Checked]]:
        def journal() -> Checked:
            return Checked(*self.capture.is_writable())

        def loop() -> Checked:
            standing = self._loop.standing
            most_s = self.settings.loop.stopped_after_s
            if standing.said_at_s is None:
                return Checked(well=False, because="the loop has not turned yet")
            age_s = time.monotonic() - standing.said_at_s
            return Checked(
                age_s <= most_s, "" if age_s <= most_s else f"the loop last turned {age_s:.0f} s ago"
            )

        def decisions() -> Checked:
            age_s = self._refreshing.age_s()
            if age_s is None or age_s > _STALE_TABLE_S:
                return Checked(well=False, because="the table of decisions is not refreshed")
            return Checked(well=True)

        return {"journal": journal, "loop": loop, "decisions": decisions}

    def _loop_plan(self) -> LoopPlan:
        return LoopPlan(
            folder=str(self.folder.path),
            secret_file=str(self.folder.secret),
            policy_file=str(self.folder.policy),
            database=self._database,
            ledger_file=str(self.folder.ledger),
            every_s=self.settings.loop.every_s,
            judging=self.settings.judging,
            known=self.settings.known,
        )

    def _config(self) -> uvicorn.Config:
        where, limits = self.where, self.settings.limits
        return uvicorn.Config(
            self.guard,
            host=where.host,
            port=where.port,
            http=with_limits(limits),
            ws="none",
            loop="auto",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            limit_concurrency=limits.connections,
            timeout_keep_alive=int(limits.idle_s),
            timeout_graceful_shutdown=int(_DRAIN_S),
            ssl_certfile=where.tls_certificate,
            ssl_keyfile=where.tls_key,
        )

    async def _serve(self, config: uvicorn.Config) -> None:
        listening = _listening(self.where)
        self._server = _Server(config)
        loop = asyncio.get_running_loop()
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, self._end)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        try:
            self._refreshing.start()
            await self.capture.start()
            await self._loop.start()
            self._tails.start()
            self._upkeep.start()
            async with contextlib.AsyncExitStack() as beside:
                for gateway in self._gateways.values():
                    await beside.enter_async_context(gateway.beside(self.desk))
                log("listening", address=_address(listening))
                await self._server.serve(sockets=[listening])
        finally:
            await self._tails.stop()
            await self.capture.stop(within_s=_DRAIN_S)
            await self._loop.stop(within_s=_DRAIN_S)
            self._refreshing.stop()
            await asyncio.to_thread(self._upkeep.stop, within_s=_DRAIN_S)
            self.state.close()
            if self.where.unix_socket is not None:
                self.where.unix_socket.unlink(missing_ok=True)
            log("ended")

    def _end(self) -> None:
        if self._server is not None:
            self._server.should_exit = True

    def _reload(self) -> None:
        """Read settings and policy again; what is wrong with them changes nothing."""
        try:
            settings, policy = read(self._settings_file), self.folder.read_policy()
        except (BadSetting, OSError) as error:
            log_error("the settings cannot be read; those before hold", error)
            return
        self.settings, self._policy = settings, policy
        self.guard.limits = settings.limits
        self.desk.settings = settings.enforcement.desk
        log("reloaded")


class _Server(uvicorn.Server):
    """Leaves the signals to the service."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def _plan(folder: Folder, settings: Settings) -> Plan:
    return Plan(
        journal=str(folder.journal),
        secret_file=str(folder.secret),
        seal_file=str(folder.seal),
        rejected_file=str(folder.rejected),
        settings=settings.journal,
        unpacked_bytes=settings.limits.unpacked_bytes,
        account_fields=settings.capture.account_fields,
    )


def _listening(where: Where) -> socket.socket:
    """Listen.

    Raises:
        BadSetting: nothing can listen there.
    """
    try:
        if where.unix_socket is not None:
            where.unix_socket.unlink(missing_ok=True)
            made = socket.socket(socket.AF_UNIX)
            made.bind(str(where.unix_socket))
            where.unix_socket.chmod(0o660)
        else:
            family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
            made = socket.socket(family)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((where.host, where.port))
        made.listen(2048)
        made.settimeout(0)
    except OSError as error:
        place = where.unix_socket or f"{where.host}:{where.port}"
        raise BadSetting(
            f"{place}: nothing can listen there: {error.strerror}; name another with --listen or --socket"
        ) from None
    return made


def _address(listening: socket.socket) -> str:
    name: Any = listening.getsockname()
    return name if isinstance(name, str) else f"{name[0]}:{name[1]}"
