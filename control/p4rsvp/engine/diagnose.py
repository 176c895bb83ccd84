"""Diagnosis (RFC 2745): a DREQ goes from the last hop to a sender, each node adds what it holds.

Nothing is remembered between two messages. The answer, a DREP, comes back along the ROUTE that the
request has gathered, or directly where none was asked for; it goes to the requester's node as any
RSVP message does (its port stays unused, since requesters here ask through an agent). Arrival times
are this node's own clock, whose zero nobody knows: RFC 2745 3.6 wants NTP's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from p4rsvp.engine.config import NEIGHBOUR_TTL, SECOND_NS
from p4rsvp.engine.effects import DiagReply, SendPacket, TraceKind
from p4rsvp.engine.requests import LOCAL
from p4rsvp.engine.state import Psb, SessionState, Tcsb
from p4rsvp.wire.address import Address
from p4rsvp.wire.diagnostics import DiagError, Diagnostic, DiagResponse, DiagSelect, Route
from p4rsvp.wire.extensions import Drep, Dreq
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, SenderTemplate
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.message import encode
from p4rsvp.wire.session import GpiSession, Session

if TYPE_CHECKING:
    from p4rsvp.engine.config import InterfaceConfig
    from p4rsvp.engine.core import Core
    from p4rsvp.engine.events import ApiDiagnose, PacketIn
    from p4rsvp.wire.objects import WireObject

_IP_HEADER_BYTES = {4: 20, 16: 40}
_R_BITS, _K_BITS = 0xFFFF, 0xF


class _Arrival(NamedTuple):
    """How a DREQ came here."""

    interface: int  # LOCAL: a program of ours asks
    ip_hops: int  # from the node before
    oi: int  # the interface that its RSVP_HOP names, towards the receiver


def ask(node: Core, event: ApiDiagnose) -> None:
    """A program of ours wants to know: begin here if this is the last hop, else send it there."""
    own = node.interfaces.get(event.interface)
    last_hop = event.last_hop
    source = last_hop if own is None else own.address_towards(last_hop)
    if source is None:
        node.trace(TraceKind.DROPPED, event.session, f"no way to the last hop {last_hop}")
        return
    mtu_bytes = _R_BITS if own is None else own.link.mtu_bytes
    diagnostic = Diagnostic(
        event.max_hops,
        0,
        event.request_id,
        mtu_bytes,
        0,
        last_hop,
        SenderTemplate(event.sender),
        FilterSpec(PortSelector(source)),
    )
    route = Route(address_bytes=len(last_hop)) if event.along_route else None
    dreq = Dreq(event.session, Hop(source), diagnostic, route=route, send_ttl=NEIGHBOUR_TTL)
    if last_hop in node.own_addresses:
        _process(node, dreq, _Arrival(LOCAL, 0, LOCAL))
    else:
        node.send_to_neighbour(event.interface, last_hop, dreq)


def dreq_arrives(node: Core, interface: InterfaceConfig, packet: PacketIn, dreq: Dreq) -> None:
    """4.1: before the last hop it is only passed on; from there on it is worked upon."""
    last_hop = dreq.diagnostic.last_hop
    is_fresh = not dreq.responses and not dreq.diagnostic.fragment_offset_bytes
    if is_fresh and last_hop not in node.own_addresses:
        _send_towards(node, last_hop, interface.id, dreq)
        return
    ip_hops = 0 if packet.ip_ttl is None else max(dreq.send_ttl - packet.ip_ttl, 0)
    hop = dreq.hop
    lih = hop.lih if isinstance(hop, Hop) else LOCAL
    _process(node, dreq, _Arrival(interface.id, ip_hops, LOCAL if is_fresh else lih))


def drep_arrives(node: Core, interface: InterfaceConfig, _: PacketIn, drep: Drep) -> None:
    """4.2: back along the route, and from its beginning to the requester."""
    _send_back(node, interface.id, drep)


# --- one node's part (4.1) ---


def _process(node: Core, dreq: Dreq, arrival: _Arrival) -> None:
    state = node.find_session(dreq.session)
    psb = None if state is None else _path_state(state, dreq.diagnostic.sender)
    response = _response(node, dreq, state, psb, arrival)
    count = dreq.diagnostic.hop_count + 1
    diagnostic = replace(dreq.diagnostic, hop_count=min(count, 255))
    goes_on = psb is not None and psb.hop is not None and count != diagnostic.max_hops
    if goes_on:
        assert psb is not None, "it goes on"
        mtu_bytes = node.interfaces[psb.interface].link.mtu_bytes
        diagnostic = replace(diagnostic, path_mtu_bytes=min(diagnostic.path_mtu_bytes, mtu_bytes))
    dreq = structs.replace(dreq, diagnostic=diagnostic)
    if _size_bytes(dreq, response, goes_on=goes_on) > diagnostic.path_mtu_bytes:
        response = replace(response, error=response.error | DiagError.PACKET_TOO_BIG)
        dreq, response = _send_part(node, dreq, response, arrival, goes_on=goes_on)
    dreq = structs.replace(dreq, responses=(*dreq.responses, response))
    if goes_on:
        assert psb is not None, "it goes on"
        _forward(node, psb, dreq, response)
    else:
        _send_back(node, arrival.interface, _as_reply(dreq))


def _path_state(state: SessionState, sender: SenderTemplate) -> Psb | None:
    matching = [psb for psb in state.psbs if psb.selector == sender.selector]
    # Where a multicast sender is heard twice, the reverse path counts (RFC 2205 3.9).
    return min(matching, key=lambda psb: psb.local_only, default=None)


def _response(
    node: Core, dreq: Dreq, state: SessionState | None, psb: Psb | None, arrival: _Arrival
) -> DiagResponse:
    """Steps 1 to 5."""
    unknown = Address(bytes(len(dreq.diagnostic.last_hop)))
    seconds = (node.now_ns << 16) // SECOND_NS & 0xFFFF_FFFF
    if state is None or psb is None:
        outgoing = _address(node, arrival.interface, unknown)
        return DiagResponse(
            seconds, unknown, outgoing, unknown, arrival.ip_hops, 0, 0, (), DiagError.NO_PATH_STATE
        )
    oi = arrival.oi or _towards_receivers(psb)
    tcsb = next((t for t in state.tcsbs if t.interface == oi and _holds(t, psb)), None)
    incoming = psb.interface or oi
    times = node.interfaces[incoming].times if incoming in node.interfaces else None
    return DiagResponse(
        seconds,
        _address(node, psb.interface, unknown),
        _address(node, oi, unknown),
        unknown if psb.hop is None else psb.hop.address,
        min(arrival.ip_hops, 255),
        0 if times is None else min(times.lifetime_factor, _K_BITS),
        0 if times is None else min(times.refresh_period_ms // 1000, _R_BITS),
        tuple(_chosen(dreq.select, _objects(state, psb, tcsb))),
        merged=sum(_holds(t, psb) for t in state.tcsbs) > 1,
    )


def _towards_receivers(psb: Psb) -> int:
    """At the last hop, the interface by which it reaches a receiver; LOCAL: programs of ours."""
    if psb.session.delivers(psb) and psb.session.apps:
        return LOCAL
    return next((out.interface for out in psb.outs), LOCAL)


def _address(node: Core, interface: int, unknown: Address) -> Address:
    config = node.interfaces.get(interface)
    return unknown if config is None else config.address_towards(unknown) or unknown


def _holds(tcsb: Tcsb, psb: Psb) -> bool:
    return tcsb.installed is not None and tcsb.matches(psb.selector)


def _objects(state: SessionState, psb: Psb, tcsb: Tcsb | None) -> Iterator[WireObject]:
    """What there is to tell, of path state and of the reservation."""
    yield psb.tspec
    if psb.hop is not None:
        yield psb.hop
    yield SenderTemplate(psb.selector)
    if psb.adspec is not None:
        yield psb.adspec
    if tcsb is None or tcsb.installed is None:
        return
    if state.style is not None:
        yield state.style
    yield tcsb.installed.flowspec
    for selector in tcsb.installed.selectors:
        yield FilterSpec(selector)


_USUAL = DiagSelect((12 << 8, 8 << 8, 9 << 8))  # 3.4: SENDER_TSPEC, STYLE and FLOWSPEC


def _chosen(select: DiagSelect | None, objects: Iterator[WireObject]) -> Iterator[WireObject]:
    kinds = (select or _USUAL).kinds
    for item in objects:
        if item.class_num << 8 in kinds or item.class_num << 8 | item.c_type in kinds:
            yield item


# --- sizes (4.1, steps 7 and SD1 to SD4) ---


def _size_bytes(dreq: Dreq, response: DiagResponse, *, goes_on: bool) -> int:
    address_bytes = len(dreq.diagnostic.last_hop)
    grows_bytes = address_bytes if dreq.route is not None and goes_on else 0
    whole = len(encode(dreq)) + len(response.encode()) + grows_bytes
    return whole + _IP_HEADER_BYTES[address_bytes]


def _send_part(
    node: Core, dreq: Dreq, response: DiagResponse, arrival: _Arrival, *, goes_on: bool
) -> tuple[Dreq, DiagResponse]:
    """Send home what others have gathered, and go on without it."""
    told = dreq.diagnostic
    part = structs.replace(_as_reply(dreq), diagnostic=replace(told, more_fragments=True))
    _send_back(node, arrival.interface, part)
    gathered_bytes = sum(len(one.encode()) for one in dreq.responses)
    offset_bytes = min(told.fragment_offset_bytes + gathered_bytes, _R_BITS)
    dreq = structs.replace(
        dreq, responses=(), diagnostic=replace(told, fragment_offset_bytes=offset_bytes)
    )
    if _size_bytes(dreq, response, goes_on=goes_on) > told.path_mtu_bytes and dreq.route:
        response = replace(response, error=response.error | DiagError.ROUTE_TOO_BIG)
        dreq = structs.replace(dreq, route=Route(address_bytes=dreq.route.address_bytes))
    return dreq, response


# --- onward and back ---


def _forward(node: Core, psb: Psb, dreq: Dreq, response: DiagResponse) -> None:
    """Step 9: to the previous hop, by its own interface's handle, as a Resv goes."""
    assert psb.hop is not None, "it goes on"
    own = node.interfaces[psb.interface].address_towards(psb.hop.address)
    if own is None:
        return  # the interface is going down
    route = dreq.route
    if route is not None:
        nodes = (*route.nodes, response.incoming)
        route = replace(route, nodes=nodes, pointer=route.pointer + 1)
    onward = structs.replace(dreq, hop=Hop(own, psb.hop.lih), route=route)
    node.send_to_neighbour(psb.interface, psb.hop.address, onward)


def _as_reply(dreq: Dreq) -> Drep:
    return Drep(dreq.session, dreq.hop, dreq.diagnostic, dreq.select, dreq.route, dreq.responses)


def _send_back(node: Core, came_by: int, drep: Drep) -> None:
    """To the node before on the route, or to the requester."""
    diagnostic, route = drep.diagnostic, drep.route
    if route is not None and 0 < route.pointer <= len(route.nodes):
        pointer = route.pointer - 1
        target = route.nodes[pointer]
        if target not in node.own_addresses:
            back = structs.replace(drep, route=replace(route, pointer=pointer))
            _send_towards(node, target, came_by, back)
            return
    requester = diagnostic.requester.selector.source
    if requester in node.own_addresses:
        node.emit(DiagReply(drep))
    else:
        _send_towards(node, requester, came_by, drep)


def _send_towards(node: Core, target: Address, came_by: int, message: Dreq | Drep) -> None:
    """Send to a node that may be further than a hop; without a route, where the question came."""
    route = node.routes.lookup(target)
    out = route.outgoing[0] if route is not None and route.outgoing else came_by
    own = node.interfaces.get(out)
    source = None if own is None else own.address_towards(target)
    if source is None or not isinstance(message.session, Session | GpiSession):
        node.trace(TraceKind.DROPPED, text=f"no way to {target} for a {message.type.name}")
        return
    data = node.encoded(structs.replace(message, send_ttl=NEIGHBOUR_TTL))
    if not data:
        return
    node.counters.sent[message.type] += 1
    node.emit(SendPacket(out, source, target, NEIGHBOUR_TTL, router_alert=False, data=data))
