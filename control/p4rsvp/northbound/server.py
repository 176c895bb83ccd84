"""The API on a Unix socket, and on TCP with mutual TLS where the configuration says so.

The socket's directory decides who may connect; the file itself is for its owner and group. Runs on
the daemon's event loop, so what it tells is of one moment.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import grpc

from p4rsvp.daemon.daemon import Daemon
from p4rsvp.daemon.logs import session_text
from p4rsvp.engine.effects import Trace, TraceKind
from p4rsvp.northbound import clearing, report
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.security.roles import Names, Role, refusal, role_of

SERVICE = "p4rsvp.v1.Router"
WAITING_EVENTS = 1024  # for one listener; one that is slower than that loses the oldest
_OWNER_AND_GROUP = 0o660
_STOP_GRACE_S = 0.5

Context: TypeAlias = grpc.aio.ServicerContext[Any, Any]


class RouterService:
    """The RPCs of v1/router.proto."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._listeners: set[asyncio.Queue[pb.Event]] = set()
        daemon.on_trace = self._tell

    async def state(self, request: pb.StateRequest, context: Context) -> pb.StateResponse:
        """State."""
        await self._demand(Role.VIEW, context)
        daemon, wanted = self._daemon, set(request.sections)
        answer = pb.StateResponse(
            router=daemon.node.config.name,
            primary=daemon.session.is_primary,
            settled=daemon.reconciler.is_settled,
        )
        for section, (field, report_of) in _SECTIONS.items():
            if not wanted or section in wanted:
                getattr(answer, field).extend(report_of(daemon))
        if not wanted or pb.SECTION_RESERVATIONS in wanted:
            answer.reservations.extend(await report.read_reservations(daemon))
        if not wanted or pb.SECTION_COUNTERS in wanted:
            answer.counters.update(report.counters(daemon))
        return answer

    async def events(self, _: pb.EventsRequest, context: Context) -> AsyncIterator[pb.Event]:
        """Events."""
        await self._demand(Role.VIEW, context)
        queue: asyncio.Queue[pb.Event] = asyncio.Queue(WAITING_EVENTS)
        self._listeners.add(queue)
        await context.send_initial_metadata(())
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)

    async def tear_down(self, request: pb.TearDownRequest, context: Context) -> pb.TearDownResponse:
        """TearDown."""
        await self._demand(Role.OPERATE, context)
        try:
            what = clearing.wanted(self._daemon.node, request)
        except clearing.NothingThereError as error:
            await context.abort(grpc.StatusCode.NOT_FOUND, str(error))
        facts = self._daemon.node.counters.traces
        before = facts[TraceKind.PATH_TORN], facts[TraceKind.RESV_TORN]
        self._daemon.happens(what)
        paths, reservations = facts[TraceKind.PATH_TORN], facts[TraceKind.RESV_TORN]
        await self._daemon.carried_out()
        return pb.TearDownResponse(paths=paths - before[0], reservations=reservations - before[1])

    async def _demand(self, role: Role, context: Context) -> None:
        """End the call unless its client may do this."""
        table = self._daemon.config.settings.northbound
        names = Names(table.operators, table.viewers)
        if role_of(names, context.auth_context()) < role:
            await context.abort(grpc.StatusCode.PERMISSION_DENIED, refusal(role))

    def _tell(self, trace: Trace) -> None:
        if not self._listeners:
            return
        event = pb.Event(
            time_ns=time.time_ns(),
            kind=trace.kind.name.lower(),
            fact=trace.kind.value,
            session=session_text(trace.session) if trace.session else "",
            detail=trace.text,
        )
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    def handler(self) -> grpc.GenericRpcHandler:
        """The table of methods."""
        unary, stream = grpc.unary_unary_rpc_method_handler, grpc.unary_stream_rpc_method_handler
        methods: dict[str, Any] = {
            "State": unary(
                self.state, pb.StateRequest.FromString, pb.StateResponse.SerializeToString
            ),
            "Events": stream(self.events, pb.EventsRequest.FromString, pb.Event.SerializeToString),
            "TearDown": unary(
                self.tear_down, pb.TearDownRequest.FromString, pb.TearDownResponse.SerializeToString
            ),
        }
        return grpc.method_handlers_generic_handler(SERVICE, methods)


_SECTIONS: dict[int, tuple[str, Any]] = {
    pb.SECTION_SESSIONS: ("sessions", report.sessions),
    pb.SECTION_SENDERS: ("senders", report.senders),
    pb.SECTION_NEIGHBORS: ("neighbors", report.neighbors),
    pb.SECTION_INTERFACES: ("interfaces", report.interfaces),
}


class NorthboundServer:
    """The server of one daemon; start and stop it on the daemon's loop."""

    def __init__(self, daemon: Daemon) -> None:
        table = daemon.config.settings.northbound
        self._socket = daemon.config.file(table.socket) if table.socket else None
        self._server = grpc.aio.server()
        self._server.add_generic_rpc_handlers((RouterService(daemon).handler(),))
        self.port = 0
        if self._socket is not None:
            self._socket.unlink(missing_ok=True)  # of a daemon that died
            self._server.add_insecure_port(f"unix:{self._socket.absolute()}")
        if table.address:
            key, certificate, ca = (
                daemon.config.file(name).read_bytes()
                for name in (table.key, table.certificate, table.client_ca)
            )
            credentials = grpc.ssl_server_credentials(
                [(key, certificate)], root_certificates=ca, require_client_auth=True
            )
            self.port = self._server.add_secure_port(table.address, credentials)

    async def start(self) -> None:
        """Begin to serve."""
        await self._server.start()
        if self._socket is not None:
            self._socket.chmod(_OWNER_AND_GROUP)

    async def stop(self) -> None:
        """End, and leave no socket behind."""
        await self._server.stop(_STOP_GRACE_S)
        if self._socket is not None:
            self._socket.unlink(missing_ok=True)


def socket_address(path: Path) -> str:
    """A socket as gRPC calls it."""
    return f"unix:{path.absolute()}"
