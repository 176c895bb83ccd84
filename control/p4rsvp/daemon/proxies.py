"""RSVP for hosts that speak none (RFC 5945 2, 4.1): static proxies, from the configuration.

A proxy speaks as the host would, towards our own engine: so admission, policing, styles and tears
are those of any host. A receiver's proxy sinks the Path that would go to the host and answers it as
if a Resv had come from there; each refresh of the Path so refreshes the Resv. When that is refused,
here or further on, the host could do nothing about it, so the sender is told instead, by a PathErr
(RFC 5946 3.1). A sender's proxy announces the flow every R, as if the host did; what goes back to
the host is sunk.

Pure: what goes out is shown to `take`, time to `tick`. Left out: notification by Notify messages
(RFC 5946 3.2) and without path state (3.1.3), which are optional; the discovery of hosts that do
speak RSVP (4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from msgspec.structs import replace

from p4rsvp.daemon.reading import ConfigError
from p4rsvp.daemon.settings import ReceiverProxyTable, SenderProxyTable, Settings
from p4rsvp.engine.config import SECOND_NS
from p4rsvp.engine.effects import SendPacket
from p4rsvp.engine.events import AnyAppSession, PacketIn
from p4rsvp.engine.state import Psb, SessionState
from p4rsvp.host.flowspecs import Announced, Wish, sender_of, session_of
from p4rsvp.intserv.advertise import OPEN_PATH
from p4rsvp.intserv.single import single_up
from p4rsvp.intserv.tspec import usual_min_policed_bytes
from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.codes import ErrorCode, ErrorFlag, SessionFlag
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, SenderTemplate
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.message import Bundle, decode, encode
from p4rsvp.wire.messages import Message, Path, PathErr, PathTear, Resv, ResvErr
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF, WF
from p4rsvp.wire.tspec import SenderTspec, Tspec

_SERVICES = {
    "controlled-load": Service.CONTROLLED_LOAD,
    "guaranteed": Service.GUARANTEED,
}
_STYLES = {"ff": FF, "wf": WF}
_BITS_PER_BYTE = 8
_NEIGHBOUR_TTL = 255
_DATA_TTL = 64
# RFC 5946 3.1.2: errors that a sender may do something about.
_FOR_SENDERS = frozenset({ErrorCode.ADMISSION_CONTROL_FAILURE, ErrorCode.POLICY_CONTROL_FAILURE})
_WITH_ERROR_CODE = 0x0100  # in the value of code 36: its low bits are the code of the ResvErr


@dataclass(frozen=True, slots=True)
class SenderProxy:
    """A host that sends and does not say so."""

    interface: int
    session: Session
    sender: PortSelector
    tspec: Tspec
    refresh_period_ms: int

    def announcement(self) -> PacketIn:
        """The Path that the host would send; nobody has policed its data yet."""
        path = Path(
            replace(self.session, flags=SessionFlag.E_POLICE),
            Hop(self.sender.source),
            TimeValues(self.refresh_period_ms),
            SenderTemplate(self.sender),
            SenderTspec(self.tspec),
            OPEN_PATH,
            send_ttl=_DATA_TTL,
        )
        destination = self.session.destination
        return _packet(self.interface, self.sender.source, destination, path, alert=True)


@dataclass(frozen=True, slots=True)
class ReceiverProxy:
    """A host that receives and does not reserve."""

    interface: int
    session: Session
    receiver: Address
    wish: Wish

    def reservation(self, path: Path) -> PacketIn | None:
        """The Resv that the host would answer a Path with: what the sender announces."""
        if not isinstance(path.template, SenderTemplate) or not isinstance(path.hop, Hop):
            return None
        tspec = path.tspec.tspec if isinstance(path.tspec, SenderTspec) else None
        adspec = path.adspec if isinstance(path.adspec, Adspec) else None
        flows = self.wish.flows({path.template.selector: Announced(tspec, adspec)})
        if not flows:
            return None
        hop = Hop(self.receiver, path.hop.lih)
        resv = Resv(
            self.session,
            hop,
            path.time_values,
            self.wish.style,
            flows,
            send_ttl=_NEIGHBOUR_TTL,
        )
        return _packet(self.interface, self.receiver, path.hop.address, resv)

    def notifications(self, refusal: ResvErr, senders: Iterable[Psb]) -> tuple[PacketIn, ...]:
        """RFC 5946 3.1: a PathErr to each sender whose reservation failed; with WF to all."""
        error, hop = refusal.error, refusal.hop
        if not isinstance(error, ErrorSpec) or not isinstance(hop, Hop):
            return ()
        named = {
            item.selector
            for flow in refusal.flows
            for item in flow.filters
            if isinstance(item, FilterSpec)
        }
        said = _as_proxy(error, hop.address)
        return tuple(
            self._notification(refusal, said, hop.address, psb)
            for psb in senders
            if not named or psb.selector in named
        )

    def _notification(
        self, refusal: ResvErr, error: ErrorSpec, router: Address, psb: Psb
    ) -> PacketIn:
        template = SenderTemplate(psb.selector)
        notice = PathErr(
            self.session,
            error,
            template,
            psb.tspec,
            policy=refusal.policy,
            send_ttl=_NEIGHBOUR_TTL,
        )
        return _packet(self.interface, self.receiver, router, notice)


def _as_proxy(error: ErrorSpec, router: Address) -> ErrorSpec:
    """RFC 5946 3.1.2: what a sender can act upon is told as it is, anything else as code 36."""
    flags = error.flags & ErrorFlag.IN_PLACE
    if error.code in _FOR_SENDERS:
        return ErrorSpec(router, error.code, error.value, flags)
    value = _WITH_ERROR_CODE | error.code
    return ErrorSpec(router, ErrorCode.UNRECOVERABLE_RECEIVER_PROXY_ERROR, value, flags)


class Taken(NamedTuple):
    """What becomes of a message that was to be sent."""

    sinks: bool
    answers: tuple[PacketIn, ...] = ()


_NOT_OURS = Taken(sinks=False)


class Proxies:
    """All proxies of a router."""

    def __init__(
        self, senders: Iterable[SenderProxy] = (), receivers: Iterable[ReceiverProxy] = ()
    ) -> None:
        self._senders = tuple(senders)
        self._receivers = tuple(receivers)
        self._due_ns: dict[int, int] = {}  # by the place of a sender
        # Where something may go that is for a proxy: looked at for every packet that is sent.
        self._addresses = {one.session.destination for one in self._receivers}
        self._addresses |= {one.receiver for one in self._receivers}
        self._addresses |= {one.sender.source for one in self._senders}

    def begin(self, now_ns: int) -> None:
        """Announce all from now on."""
        self._due_ns = dict.fromkeys(range(len(self._senders)), now_ns)

    def deadline(self) -> int | None:
        """When the next announcement is due."""
        return min(self._due_ns.values(), default=None)

    def tick(self, now_ns: int) -> list[PacketIn]:
        """What the hosts would announce now."""
        due = [place for place, due_ns in self._due_ns.items() if due_ns <= now_ns]
        for place in due:
            period_ms = self._senders[place].refresh_period_ms
            self._due_ns[place] = now_ns + period_ms * SECOND_NS // 1000
        return [self._senders[place].announcement() for place in due]

    def take(self, packet: SendPacket, sessions: Mapping[AnyAppSession, SessionState]) -> Taken:
        """What comes of a message that we send; `sessions` is what our engine knows."""
        if packet.destination not in self._addresses:
            return _NOT_OURS
        message = decode(packet.data)
        receiver = self._receiver_of(packet, message)
        if receiver is not None:
            # To a group it goes all the same: there may be others on the link.
            sinks = not packet.destination.is_multicast
            return Taken(sinks, _answers(receiver, message, sessions))
        return Taken(self._is_for_sender(packet, message))

    def _receiver_of(self, packet: SendPacket, message: Message | Bundle) -> ReceiverProxy | None:
        for one in self._receivers:
            goes_there = packet.destination == one.receiver or isinstance(message, Path | PathTear)
            if one.interface == packet.interface and goes_there and _is_of(message, one.session):
                return one
        return None

    def _is_for_sender(self, packet: SendPacket, message: Message | Bundle) -> bool:
        return any(
            one.interface == packet.interface
            and one.sender.source == packet.destination
            and _is_of(message, one.session)
            for one in self._senders
        )


def _answers(
    receiver: ReceiverProxy,
    message: Message | Bundle,
    sessions: Mapping[AnyAppSession, SessionState],
) -> tuple[PacketIn, ...]:
    if isinstance(message, Path):
        resv = receiver.reservation(message)
        return () if resv is None else (resv,)
    if isinstance(message, ResvErr) and receiver.session in sessions:
        return receiver.notifications(message, sessions[receiver.session].psbs)
    return ()


def _is_of(message: Message | Bundle, session: Session) -> bool:
    found = getattr(message, "session", None)
    return isinstance(found, Session) and replace(found, flags=0) == session


def _packet(
    interface: int, source: Address, to: Address, message: Message, *, alert: bool = False
) -> PacketIn:
    data = encode(message)
    return PacketIn(interface, source, to, message.send_ttl, router_alert=alert, data=data)


# --- from the file ---


def read_proxies(settings: Settings) -> Proxies:
    """The proxies that a file names; raises ConfigError."""
    numbers = {one.number: one for one in settings.interface}
    senders, receivers = [], []
    for place, table in enumerate(settings.sender_proxy, 1):
        where = f"sender_proxy[{place}]"
        _check_interface(where, table.interface, numbers)
        period_ms = numbers[table.interface].refresh_period_ms
        senders.append(_sender_proxy(where, table, period_ms))
    for place, one in enumerate(settings.receiver_proxy, 1):
        where = f"receiver_proxy[{place}]"
        _check_interface(where, one.interface, numbers)
        receivers.append(_receiver_proxy(where, one))
    return Proxies(senders, receivers)


def _check_interface(where: str, number: int, known: Iterable[int]) -> None:
    if number not in known:
        raise ConfigError(
            f"{where}.interface = {number}: has to be the number of an interface; there are "
            f"{', '.join(map(str, sorted(known)))}"
        )


def _sender_proxy(where: str, table: SenderProxyTable, refresh_period_ms: int) -> SenderProxy:
    try:
        session, sender = session_of(table.destination, table.protocol), sender_of(table.sender)
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from error
    peak = table.peak_rate_bits_per_s
    rate, largest = table.token_rate_bits_per_s / _BITS_PER_BYTE, table.max_packet_bytes
    tspec = Tspec(
        single_up(rate),
        single_up(table.bucket_bytes),
        single_up(peak / _BITS_PER_BYTE) if peak else inf,
        table.min_policed_bytes or usual_min_policed_bytes(rate, largest),
        largest,
    )
    return SenderProxy(table.interface, session, sender, tspec, refresh_period_ms)


def _receiver_proxy(where: str, table: ReceiverProxyTable) -> ReceiverProxy:
    try:
        session = session_of(table.destination, table.protocol)
        receiver = Address.parse(table.receiver) if table.receiver else session.destination
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from error
    if receiver.is_multicast:
        raise ConfigError(f"{where}: a group's receiver has an address of its own; say receiver")
    wish = Wish(_STYLES[table.style], _SERVICES[table.service])
    return ReceiverProxy(table.interface, session, receiver, wish)
