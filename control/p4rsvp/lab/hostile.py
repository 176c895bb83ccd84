"""What a hostile host sends: RSVP messages of several kinds, as frames that are ready to be sent.

Each ends in an object of a class that a router must ignore (10bbbbbb, RFC 2205 3.10), for the stamp
of traffic/sender.py: so each packet is another message with a right checksum, and none is a known
refresh. Nothing is random: the same host sends the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from msgspec.structs import replace

from p4rsvp.daemon.frames import Ends, ones_complement, rsvp_frame
from p4rsvp.engine.effects import SendPacket
from p4rsvp.lab.topology import Topology
from p4rsvp.traffic.stamp import STAMP_BYTES
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.grammar import Placed
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.integrity import Integrity
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.message import encode
from p4rsvp.wire.messages import Path, PathTear, ResvErr
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF
from p4rsvp.wire.tspec import SenderTspec, Tspec

FRAMES = 4_096  # of each kind, sent over and over again
_UDP = 17
_IGNORED_CLASS = 0x80 | 37
_LAST = 1_000  # behind all other objects
_STAMP = (Placed(_LAST, Opaque(_IGNORED_CLASS << 8 | 1, bytes(STAMP_BYTES))),)
_TTL = 63
_TSPEC = Tspec(10_000.0, 2_000.0, 20_000.0, 64, 1500)
_REFRESH = TimeValues(30_000)
_IP_AT = 14
_MORE_FRAGMENTS = 0x20


class Hostile:
    """One host that floods; `victim` is a host that its router has a route to."""

    def __init__(self, topology: Topology, name: str, victim: str) -> None:
        end, gateway = topology.place(name).end, topology.gateway(name)
        self._ends = Ends(end.mac, gateway.mac)
        self._own, self._router = end.address(4), gateway.address(4)
        self._victim = topology.address(victim)

    def frames(self, kind: str) -> list[bytes]:
        """The frames of a kind, of KINDS."""
        return list(islice(KINDS[kind](self), FRAMES))

    # --- the kinds ---

    def paths(self) -> Iterator[bytes]:
        """Path messages for ever other sessions, some of them to hosts that are not there."""
        for number in range(FRAMES):
            yield self._on_the_way(self._path(number))

    def churn(self) -> Iterator[bytes]:
        """Sessions that come and go: a Path, and its PathTear."""
        for number in range(FRAMES // 2):
            path = self._path(number)
            yield self._on_the_way(path)
            template, tspec = path.template, path.tspec
            tear = PathTear(path.session, path.hop, template, tspec, send_ttl=_TTL, extras=_STAMP)
            yield self._on_the_way(tear)

    def errors(self) -> Iterator[bytes]:
        """ResvErr messages, about reservations that nobody has."""
        error = ErrorSpec(self._own, ErrorCode.ADMISSION_CONTROL_FAILURE, 2)
        for number in range(FRAMES):
            flow = FlowDescriptor(
                Flowspec(Service.CONTROLLED_LOAD, _TSPEC), (self._filter(number),)
            )
            hop = Hop(self._own, number)
            told = ResvErr(self._session(number), hop, error, FF, (flow,), extras=_STAMP)
            yield self._to_the_router(encode(told))

    def forgeries(self) -> Iterator[bytes]:
        """Path messages whose INTEGRITY somebody without a key has made up (RFC 2747)."""
        for number in range(FRAMES):
            made_up = Integrity(number % 8, number << 32, bytes(32))
            yield self._on_the_way(replace(self._path(number), integrity=made_up))

    def fragments(self) -> Iterator[bytes]:
        """Parts of datagrams: first ones, later ones, and last ones (RFC 791 3.1)."""
        for number in range(FRAMES):
            frame = bytearray(self._on_the_way(self._path(number)))
            more = _MORE_FRAGMENTS if number % 3 else 0
            offset_units = 0 if more and number % 2 else 1 + number % 8_000
            at = _IP_AT + 6
            frame[at : at + 2] = bytes((more | offset_units >> 8, offset_units & 0xFF))
            yield _with_checksum(frame)

    def garbage(self) -> Iterator[bytes]:
        """What has the form of RSVP in part: header, lengths, or types are wrong."""
        for number in range(FRAMES):
            message = bytearray(encode(self._path(number)))
            at = (0, 1, 6, 8, 10, 11)[number % 6]  # version, type, length; an object's likewise
            message[at] ^= 1 + number % 255
            message[2:4] = bytes(2)  # no checksum (RFC 2205 3.1.1), so that it is read further
            yield self._to_the_router(bytes(message))

    def everything(self) -> Iterator[bytes]:
        """All of that by turns."""
        kinds = [make(self) for name, make in KINDS.items() if name != "everything"]
        while True:
            for kind in kinds:
                frame = next(kind, None)
                if frame is None:
                    return
                yield frame

    # --- their parts ---

    def _session(self, number: int) -> Session:
        # Every other one is for an address of the victim's link where nobody is.
        host = self._victim if number % 2 else self._victim[:-1] + bytes((64 + number // 2 % 128,))
        return Session(Address(host), _UDP, 10_000 + number)

    def _filter(self, number: int) -> FilterSpec:
        return FilterSpec(PortSelector(self._own, 10_000 + number))

    def _path(self, number: int) -> Path:
        return Path(
            self._session(number),
            Hop(self._own, 1),
            _REFRESH,
            SenderTemplate(self._filter(number).selector),
            SenderTspec(_TSPEC),
            send_ttl=_TTL,
            extras=_STAMP,
        )

    def _on_the_way(self, message: Path | PathTear) -> bytes:
        session = message.session
        assert isinstance(session, Session), "of our own making"
        return self._frame(encode(message), session.destination, alert=True)

    def _to_the_router(self, data: bytes) -> bytes:
        return self._frame(data, self._router, alert=False)

    def _frame(self, data: bytes, to: Address, *, alert: bool) -> bytes:
        sent = SendPacket(0, self._own, to, _TTL, alert, data)
        return rsvp_frame(sent, self._ends)


def _with_checksum(frame: bytearray) -> bytes:
    """The frame with a right checksum of IP, which has 24 bytes with Router Alert."""
    frame[_IP_AT + 10 : _IP_AT + 12] = bytes(2)
    total = ones_complement(bytes(frame[_IP_AT : _IP_AT + 24]))
    frame[_IP_AT + 10 : _IP_AT + 12] = total.to_bytes(2)
    return bytes(frame)


KINDS: dict[str, Callable[[Hostile], Iterator[bytes]]] = {
    "Paths": Hostile.paths,
    "ResvErrs": Hostile.errors,
    "fragments": Hostile.fragments,
    "forgeries": Hostile.forgeries,
    "churn": Hostile.churn,
    "garbage": Hostile.garbage,
    "everything": Hostile.everything,
}
