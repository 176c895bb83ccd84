"""Confirmations (RFC 2205 2.6, 3.1.9): a RESV_CONFIRM goes with the largest request.

It waits in the RSB until the reservation is installed here; it then moves to the TCSB if its
request is the largest there, and from the TCSB into the Resv for a previous hop if the TCSB is the
largest there. Where another request covers it, and where the sender is ours, a ResvConf goes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from p4rsvp.engine.effects import SendPacket, TraceKind, Upcall, UpcallKind
from p4rsvp.engine.extras import onward
from p4rsvp.engine.requests import LOCAL, Rsb
from p4rsvp.engine.state import SessionState, Tcsb
from p4rsvp.intserv.services import compare
from p4rsvp.intserv.tspec import Ordering
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import FilterSpec
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import ResvConfirm
from p4rsvp.wire.messages import ResvConf

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core
    from p4rsvp.engine.events import PacketIn

CONFIRM_TTL = 255


def settle(node: Core, tcsb: Tcsb) -> None:
    """Go on with the RESV_CONFIRMs of what is installed (RFC 2209, UPDATE TRAFFIC CONTROL)."""
    state = tcsb.session
    for rsb in state.rsbs:
        if rsb.confirm is None or not _is_of(rsb, tcsb):
            continue
        confirmation, rsb.confirm = rsb.confirm, None
        others = (other for other in state.rsbs if other is not rsb and _is_of(other, tcsb))
        if all(_greater(rsb.flowspec, other.flowspec) for other in others):
            tcsb.confirm = confirmation
        else:
            send(node, state, confirmation, rsb.flow, tcsb.interface)


def _is_of(rsb: Rsb, tcsb: Tcsb) -> bool:
    if rsb.interface != tcsb.interface:
        return False
    return tcsb.selector is None or rsb.matches(tcsb.selector)


def _greater(a: Flowspec | None, b: Flowspec | None) -> bool:
    return a is not None and (b is None or compare(a, b) is Ordering.GREATER)


class Offers:
    """The RESV_CONFIRMs that one round of RESV REFRESH finds in the TCSBs that it merges.

    Each goes to every previous hop to which its reservation is the largest (RFC 2205 2.6: an answer
    comes from each sender), once; RFC 2209 forgets it after the first.
    """

    def __init__(self, node: Core, state: SessionState) -> None:
        self._node = node
        self._state = state
        self._spent: list[Tcsb] = []

    def largest(self, tcsbs: list[Tcsb]) -> ResvConfirm | None:
        """What to forward: that of the largest reservation. The others are answered."""
        found = None
        for tcsb in tcsbs:
            if tcsb.confirm is None:
                continue
            if _is_largest(tcsb, tcsbs):
                found = tcsb.confirm
                self._spent.append(tcsb)
            else:
                confirmation, tcsb.confirm = tcsb.confirm, None
                send(self._node, self._state, confirmation, _installed(tcsb), tcsb.interface)
        return found

    def withdraw(self, tcsbs: list[Tcsb]) -> None:
        """RFC 2205 3.1.4: a blockaded request's is neither forwarded nor returned."""
        self._spent += tcsbs

    def end(self) -> None:
        """No confirmation is asked for twice."""
        for tcsb in self._spent:
            tcsb.confirm = None


def _is_largest(tcsb: Tcsb, tcsbs: list[Tcsb]) -> bool:
    mine = tcsb.installed and tcsb.installed.forward
    others = (other.installed for other in tcsbs if other is not tcsb)
    return all(_greater(mine, other and other.forward) for other in others)


def _installed(tcsb: Tcsb) -> FlowDescriptor:
    assert tcsb.installed is not None, "only what is installed is merged"
    return tcsb.installed.flow


def answer_for_local_senders(node: Core, state: SessionState) -> None:
    """RFC 2209, RESV REFRESH, step 2: a request that has come to its sender is confirmed."""
    for tcsb in state.tcsbs:
        if tcsb.confirm is None or tcsb.installed is None:
            continue
        senders = [
            p for p in state.psbs if p.routes_to(tcsb.interface) and tcsb.matches(p.selector)
        ]
        if senders and all(psb.hop is None for psb in senders):
            confirmation, tcsb.confirm = tcsb.confirm, None
            send(node, state, confirmation, _installed(tcsb), tcsb.interface)


def send(
    node: Core,
    state: SessionState,
    confirmation: ResvConfirm,
    flow: FlowDescriptor,
    interface: int,
) -> None:
    """Send a ResvConf to the receiver; `interface` is where its request is installed."""
    style = state.style
    if style is None:
        return
    receiver = confirmation.receiver
    own = node.interfaces.get(interface)
    address = own.address_towards(receiver) if own is not None else node.identity(state.session)
    error = ErrorSpec(address or node.identity(state.session), ErrorCode.CONFIRMATION, 0)
    message = ResvConf(state.session, error, confirmation, style, (flow,), send_ttl=CONFIRM_TTL)
    if interface == LOCAL or receiver in node.own_addresses:
        _tell_applications(node, message)
        return
    route = node.routes.lookup(receiver)
    out = route.outgoing[0] if route is not None and route.outgoing else interface
    # RFC 2205 3.3: with Router Alert, so that each hop may look at it.
    _send(node, out, error.node, message)


def arrives(node: Core, packet: PacketIn, message: ResvConf) -> None:
    """RESV CONFIRM ARRIVES."""
    receiver = message.confirm.receiver
    # RFC 2205 B: a ResvConf whose destination is not its receiver is malformed; but appendix C,
    # note 1: a host that does UDP sends it to its first-hop router.
    in_udp_to_us = packet.ip_ttl is None and packet.destination in node.own_addresses
    if packet.destination != receiver and not in_udp_to_us:
        node.trace(TraceKind.MALFORMED, message.session, "a ResvConf for another receiver")
        return
    if receiver in node.own_addresses:
        _tell_applications(node, message)
        return
    ttl = (packet.ip_ttl or message.send_ttl) - 1
    route = node.routes.lookup(receiver)
    if route is None or not route.outgoing or ttl <= 0:
        node.trace(TraceKind.DROPPED, message.session, f"no route to the receiver {receiver}")
        return
    # RFC 2205 3.1.9: hop by hop, so that each hop can vouch for its message; and RFC 2747 4: it has
    # no RSVP_HOP, so its IP source says who that is.
    out = node.interfaces.get(route.outgoing[0])
    source = None if out is None else out.address_towards(receiver)
    if source is not None:
        _send(node, route.outgoing[0], source, replace(onward(message), send_ttl=ttl))


def _send(node: Core, out: int, source: Address, message: ResvConf) -> None:
    data = node.encoded(message)
    if data:
        node.counters.sent[ResvConf.type] += 1
        receiver, ttl = message.confirm.receiver, message.send_ttl
        node.emit(SendPacket(out, source, receiver, ttl, router_alert=True, data=data))


def _tell_applications(node: Core, message: ResvConf) -> None:
    state = node.find_session(message.session)
    if state is None:
        return
    confirmed = [f.selector for d in message.flows for f in d.filters if isinstance(f, FilterSpec)]
    for rsb in state.rsbs:
        if not rsb.is_local or (confirmed and not any(map(rsb.matches, confirmed))):
            continue
        node.emit(
            Upcall(
                rsb.app,
                UpcallKind.RESV_CONFIRM,
                message.error if isinstance(message.error, ErrorSpec) else None,
                message.style,
                message.flows,
            )
        )
