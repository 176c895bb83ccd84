"""PATH REFRESH (RFC 2209 2): the Path and PathTear messages that we send downstream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from p4rsvp.engine import sharing
from p4rsvp.engine.effects import SendPacket
from p4rsvp.engine.extras import as_extras
from p4rsvp.engine.state import AnyAdspec, PathOut, Psb
from p4rsvp.intserv.advertise import advance
from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.codes import SessionFlag
from p4rsvp.wire.filter_spec import SenderTemplate
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.messages import Path, PathTear
from p4rsvp.wire.objects import WireObject

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core


def refresh(node: Core, psb: Psb) -> None:
    """PATH REFRESH wherever what we would send is not what we sent last; a tick does the rest."""
    for out in psb.outs:
        data = _message(node, out)
        if data != out.data:
            out.data = data
            send(node, out)


def send(node: Core, out: PathOut) -> None:
    """Send a Path message and arrange for its repetition."""
    interface = node.interfaces[out.interface]
    period = node.slewed(out.refresh_period_ms, interface.times)
    if period != out.refresh_period_ms:
        was_first, out.refresh_period_ms = not out.refresh_period_ms, period
        if not was_first:  # the first message says what is configured
            out.data = _message(node, out)
    node.timers.set_roughly(out, node.now_ns + node.chance.jittered_ns(period))
    if out.data:
        node.counters.sent[Path.type] += 1
        _emit(node, out, out.data, out.psb.ttl - 1)


def tear(node: Core, out: PathOut, extras: tuple[WireObject, ...]) -> None:
    """Send a PathTear where a Path was sent; `extras`: what has to travel on with it."""
    psb = out.psb
    session = psb.session.session
    address = node.interfaces[out.interface].address_towards(session.destination)
    if address is None:
        return
    ttl = max(psb.ttl - 1, 1)
    message = PathTear(
        session,
        Hop(address, out.interface),
        SenderTemplate(psb.selector),
        send_ttl=ttl,
        extras=as_extras(extras),
    )
    data = node.encoded(message)
    if data:
        node.counters.sent[PathTear.type] += 1
        _emit(node, out, data, ttl)


def _emit(node: Core, out: PathOut, data: bytes, ttl: int) -> None:
    psb = out.psb
    # RFC 2205 3.1.3: routed like data, hence from the sender's address to the session's.
    node.emit(
        SendPacket(
            out.interface,
            psb.selector.source,
            psb.session.session.destination,
            ttl,
            router_alert=True,
            data=data,
        )
    )


def _message(node: Core, out: PathOut) -> bytes:
    """PATH REFRESH's message; empty where none may be sent."""
    psb = out.psb
    session = psb.session.session
    interface = node.interfaces[out.interface]
    address = interface.address_towards(session.destination)
    ttl = psb.ttl - 1
    if address is None or ttl <= 0 or psb.local_only:
        return b""
    # RFC 2209, PATH REFRESH: E_Police travels on until a node that can police.
    if psb.e_police and not interface.polices:
        session = replace(session, flags=SessionFlag.E_POLICE)
    return node.encoded(
        Path(
            session,
            sharing.hop(address, out.interface),
            sharing.time_values(out.refresh_period_ms or interface.times.refresh_period_ms),
            SenderTemplate(psb.selector),
            psb.tspec,
            _advertised(node, out),
            node.policy.merge_path(psb),
            send_ttl=ttl,
            extras=as_extras(psb.extras),
        )
    )


def _advertised(node: Core, out: PathOut) -> AnyAdspec | None:
    """TC_Advertise: the ADSPEC as it leaves by an interface."""
    adspec, hop = out.psb.adspec, node.hops[out.interface]
    if not isinstance(adspec, Adspec):
        return adspec
    if not out.psb.non_rsvp:
        return advance(adspec, hop)
    return advance(adspec, hop, behind_non_rsvp_hop=True)
