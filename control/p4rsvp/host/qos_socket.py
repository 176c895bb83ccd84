"""`p4rsvp.QosSocket`: a socket that reserves for what goes through it.

A socket with a QOS, after the Windows 2000 RSVP service provider. What is to be signalled follows
from the QOS and from what the socket is bound to, connected to and a member of (qos_mapping.py); it
is looked at anew whenever one of them changes. RSVP runs in the background, at the agent of the
host: no call here waits for the network to agree, and data is never held back. `status` tells what
came of it, `permission` whether to send now.
"""

from __future__ import annotations

import queue
import socket
import struct
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from p4rsvp.host import qos_mapping
from p4rsvp.host.flowspecs import Wish
from p4rsvp.host.happenings import (
    Happening,
    PathRefused,
    ReservationGone,
    Reserved,
)
from p4rsvp.host.plain import PlainSession
from p4rsvp.host.qos import QOS, Permission, StatusCode
from p4rsvp.host.qos_mapping import End, Ends
from p4rsvp.wire.address import Address
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.session import Session

OnHappening: TypeAlias = Callable[[Happening], None]
_Address: TypeAlias = Any  # as the socket module has them: tuples that differ by family

SO_MAX_PACING_RATE = 47  # asm-generic/socket.h; in bytes per second
_FAMILIES = frozenset((socket.AF_INET, socket.AF_INET6))
# Options that join a group, by level: how many bytes their value begins with are the group's.
_JOINS = {
    (socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP): 4,
    (socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP): 16,
}
# Where the DSCP stands, above the two bits of ECN.
_MARKS = {
    socket.AF_INET: (socket.IPPROTO_IP, socket.IP_TOS),
    socket.AF_INET6: (socket.IPPROTO_IPV6, socket.IPV6_TCLASS),
}
_LEAVES = frozenset(
    (
        (socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP),
        (socket.IPPROTO_IPV6, socket.IPV6_LEAVE_GROUP),
    )
)


class Status(NamedTuple):
    """One piece of news, with its reason."""

    code: StatusCode
    text: str
    happening: Happening


class QosSocket(socket.socket):
    """A TCP or UDP socket, IPv4 or IPv6, with a QOS."""

    def __init__(
        self,
        family: int = socket.AF_INET,
        type: int = socket.SOCK_STREAM,  # noqa: A002 (as in socket.socket)
        proto: int = 0,
        fileno: int | None = None,
        *,
        qos: QOS | None = None,
        agent: Path | None = None,
        shapes: bool = False,
    ) -> None:
        """Make a socket as `socket.socket` does.

        `agent` is the socket of the host's agent. With `shapes`, the kernel spaces what is sent to
        the sending token rate: TCP by itself, UDP where the interface's queue is fq (tc-fq(8)).
        """
        super().__init__(family, type, proto, fileno)
        self._qos = qos or QOS()
        self._agent = agent
        self._shapes = shapes
        self._group: Address | None = None
        self._sending: PlainSession | None = None
        self._receiving: PlainSession | None = None
        self._news: queue.SimpleQueue[Status] = queue.SimpleQueue()
        self._permission = Permission.ALLOWED
        self._marked_as: int | None = None

    # --- what changes the mapping ---

    def set_qos(self, qos: QOS) -> None:
        """Want this from now on (SIO_SET_QOS); raises CallError and ValueError."""
        self._qos = qos
        self.signal()

    def bind(self, address: _Address, /) -> None:
        """Bind, and wait for those who send here."""
        super().bind(address)
        self.signal()

    def connect(self, address: _Address, /, qos: QOS | None = None) -> None:
        """Connect (WSAConnect): the peer is the destination and the sender."""
        super().connect(address)
        self._qos = qos or self._qos
        self.signal()

    def accept(self) -> tuple[QosSocket, _Address]:
        """Accept a connection, which has this socket's QOS."""
        plain, address = super().accept()
        timeout_s, descriptor = plain.gettimeout(), plain.detach()
        made = QosSocket(
            self.family,
            self.type,
            self.proto,
            descriptor,
            qos=self._qos,
            agent=self._agent,
            shapes=self._shapes,
        )
        made.settimeout(timeout_s)
        made.signal()
        return made, address

    def setsockopt(self, *arguments: Any) -> None:  # noqa: ANN401 (socket's own)
        """Set an option; to join a group or leave it changes what is received."""
        super().setsockopt(*arguments)
        option, value = arguments[:2], arguments[2]
        if option in _JOINS:
            self._group = Address(bytes(value)[: _JOINS[option]])
            self.signal()
        elif option in _LEAVES:
            self._group = None
            self.signal()

    def close(self) -> None:
        """Close, and release what was asked for."""
        super().close()
        for session in (self._sending, self._receiving):
            if session is not None:
                session.close()
        self._sending = self._receiving = None

    # --- what came of it ---

    def get_qos(self) -> QOS:
        """What was asked for last (SIO_GET_QOS)."""
        return self._qos

    def status(self, timeout_s: float | None = None) -> Status:
        """The next piece of news; raises TimeoutError."""
        try:
            return self._news.get(timeout=timeout_s)
        except queue.Empty as error:
            raise TimeoutError(f"no news within {timeout_s} s") from error

    @property
    def permission(self) -> Permission:
        """Whether to send now (SIO_CHK_QOS)."""
        return self._permission

    # --- RSVP ---

    def signal(self) -> None:
        """Bring both sessions in line with what the socket and its QOS are now.

        Its methods do so; it is for a connection that was begun without blocking, once it stands.
        """
        if self.family not in _FAMILIES or self.type not in qos_mapping.PROTOCOLS:
            return
        if self._shapes:
            self._pace(self._qos.sending.token_rate)
        ends = self._ends()
        self._sending = self._in_session(
            self._sending, qos_mapping.sending_session(self._qos, ends), self._sender_news
        )
        self._receiving = self._in_session(
            self._receiving, qos_mapping.receiving_session(self._qos, ends), self._tell
        )
        if self._sending is not None:
            self._announce(self._sending, ends)
        else:
            self._permission = Permission.ALLOWED
        if self._receiving is not None:
            self._reserve(self._receiving, ends)

    def _in_session(
        self, current: PlainSession | None, wanted: Session | None, hears: OnHappening
    ) -> PlainSession | None:
        if current is not None and current.session.session == wanted:
            return current
        if current is not None:
            current.close()
        if wanted is None:
            return None
        return PlainSession(wanted, socket=self._agent, on_happening=hears)

    def _pace(self, token_rate: int) -> None:
        """SO_MAX_PACING_RATE, whose largest value is no limit as NOT_SPECIFIED is."""
        super().setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, struct.pack("=I", token_rate))

    def _announce(self, session: PlainSession, ends: Ends) -> None:
        way = session.way()
        if self._permission is Permission.ALLOWED:
            self._permission = Permission.QUEUED
        session.send(
            qos_mapping.tspec(self._qos.sending, way.mtu_bytes),
            qos_mapping.template(ends, way.source),
            adspec=qos_mapping.adspec(self._qos.sending),
            policy=self._qos.reserve_info.policy,
        )

    def _reserve(self, session: PlainSession, ends: Ends) -> None:
        info, mtu_bytes = self._qos.reserve_info, session.way().mtu_bytes
        wanted: Iterable[FlowDescriptor] | Wish | None = qos_mapping.flows(self._qos, mtu_bytes)
        wanted = wanted or qos_mapping.wish(self._qos, ends, mtu_bytes)
        if wanted is None:  # it only wants to hear who sends
            session.listen()
            return
        style = qos_mapping.style(self._qos, ends)
        session.reserve(wanted, style=style, confirm=info.confirm_request, policy=info.policy)

    def _ends(self) -> Ends:
        protocol = qos_mapping.PROTOCOLS[self.type]
        return Ends(protocol, self._end(self.getsockname), self._end(self.getpeername), self._group)

    def _end(self, name: Callable[[], _Address]) -> End | None:
        """One of the two names of a socket; None as long as it has none."""
        try:
            address, port, *_ = name()
        except OSError:
            return None
        return End(Address.parse(address.partition("%")[0]), port) if port else None

    def _sender_news(self, happening: Happening) -> None:
        if isinstance(happening, Reserved):
            self._permission = Permission.ALLOWED
            self._mark(happening.dscps)
        elif isinstance(happening, ReservationGone):
            self._permission = Permission.QUEUED
            self._mark(())
        elif isinstance(happening, PathRefused):
            self._permission = Permission.REFUSED
        self._tell(happening)

    def _mark(self, dscps: tuple[int, ...]) -> None:
        """RFC 2996 3: mark what is sent as the network wants it; no more, when it wants nothing."""
        mark = dscps[0] if dscps else None
        if mark == self._marked_as:
            return
        self._marked_as = mark
        level, option = _MARKS[self.family]
        super().setsockopt(level, option, 0 if mark is None else mark << 2)

    def _tell(self, happening: Happening) -> None:
        self._news.put(Status(qos_mapping.status(happening), str(happening), happening))
