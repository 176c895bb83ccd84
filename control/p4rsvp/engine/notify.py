"""Who is told: PathErr and ResvErr of our own, and upcalls (RFC 2205 3.1.7, 3.1.8, 3.11.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from p4rsvp.engine.effective import rsbs_of
from p4rsvp.engine.effects import TraceKind, Upcall, UpcallKind
from p4rsvp.engine.extras import as_extras, forwardable
from p4rsvp.engine.faults import hop_fault
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.requests import Rsb
from p4rsvp.engine.state import Psb, SessionState, Tcsb
from p4rsvp.wire.codes import ErrorCode, ErrorFlag, MessageType
from p4rsvp.wire.dclass import Dclass
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.messages import Path, PathErr, Resv, ResvErr
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import Style
from p4rsvp.wire.tspec import SenderTspec

if TYPE_CHECKING:
    from p4rsvp.engine.config import InterfaceConfig
    from p4rsvp.engine.core import Core
    from p4rsvp.wire.errors import DecodeError


def _trace(node: Core, session: WireObject, refusal: Refusal) -> None:
    node.counters.refused[refusal.code, refusal.value] += 1
    full = refusal.code == ErrorCode.RSVP_SYSTEM_ERROR
    node.trace(TraceKind.LIMIT if full else TraceKind.REFUSED, session, refusal.text)


def refuse_path(node: Core, interface: InterfaceConfig, path: Path, refusal: Refusal) -> None:
    """Send a PathErr to where a Path came from."""
    _trace(node, path.session, refusal)
    if not isinstance(path.hop, Hop):
        return
    address = interface.address_towards(path.hop.address)
    if address is None:
        return
    error = ErrorSpec(address, refusal.code, refusal.value)
    node.send_to_neighbour(
        interface.id,
        path.hop.address,
        PathErr(
            path.session,
            error,
            path.template,
            path.tspec,
            path.adspec,
            refusal.policy,
            extras=as_extras(forwardable(path)),
        ),
    )


def refuse_resv(
    node: Core,
    interface: InterfaceConfig,
    resv: Resv,
    flow: FlowDescriptor,
    refusal: Refusal,
) -> None:
    """Send a ResvErr to where a Resv came from; it carries one flow descriptor (RFC 2205 3.1.8)."""
    _trace(node, resv.session, refusal)
    if not isinstance(resv.hop, Hop):
        return
    address = interface.address_towards(resv.hop.address)
    if address is None:
        return
    error = ErrorSpec(address, refusal.code, refusal.value)
    message = ResvErr(
        resv.session,
        Hop(address, interface.id),
        error,
        resv.style,
        (flow,),
        resv.scope,
        refusal.policy,
        extras=as_extras(forwardable(resv)),
    )
    node.send_to_neighbour(interface.id, resv.hop.address, message)


def refuse_rsb(
    node: Core,
    state: SessionState,
    rsb: Rsb,
    flow: FlowDescriptor,
    refusal: Refusal,
    flags: ErrorFlag,
) -> None:
    """Tell whoever holds, or asked for, a reservation that it cannot be."""
    _trace(node, state.session, refusal)
    if rsb.is_local or rsb.nhop is None:
        error = ErrorSpec(node.identity(state.session), refusal.code, refusal.value, flags)
        node.emit(
            Upcall(
                rsb.app,
                UpcallKind.RESV_ERROR,
                error,
                rsb.style,
                (flow,),
                policy=refusal.policy,
                text=refusal.text,
            )
        )
        return
    interface = node.interfaces.get(rsb.interface)
    address = None if interface is None else interface.address_towards(rsb.nhop)
    if address is None:
        return
    error = ErrorSpec(address, refusal.code, refusal.value, flags)
    node.send_to_neighbour(
        rsb.interface,
        rsb.nhop,
        ResvErr(
            state.session,
            Hop(address, rsb.interface),
            error,
            rsb.style,
            (flow,),
            rsb.scope,
            refusal.policy,
        ),
    )


def answer_malformed(node: Core, interface: InterfaceConfig, error: DecodeError) -> None:
    """Report what RFC 2205 3.10 and appendix B want reported of a message that cannot be used."""
    if not error.code:
        return
    found: dict[type, Any] = {type(item): item for item in error.objects}
    session = found.get(Session) or found.get(GpiSession)
    hop = found.get(Hop)
    if session is None or not isinstance(hop, Hop):
        return
    address = interface.address_towards(hop.address)
    if address is None or hop_fault(node, session, hop) is not None:
        return
    spec = ErrorSpec(address, error.code, error.value)
    if error.message_type == MessageType.PATH:
        answer: PathErr | ResvErr = PathErr(
            session,
            spec,
            found.get(SenderTemplate),
            found.get(SenderTspec),
        )
    elif error.message_type == MessageType.RESV and isinstance(found.get(Style), Style):
        style: Style = found[Style]
        answer = ResvErr(session, Hop(address, interface.id), spec, style)
    else:
        return
    node.send_to_neighbour(interface.id, hop.address, answer)


def path_event(node: Core, psb: Psb) -> None:
    """Tell every application of the session but the sender itself (RFC 2209, PATH)."""
    for app in psb.session.apps:
        path_event_to(node, psb, app.id)


def path_event_to(node: Core, psb: Psb, app: int) -> None:
    """Tell one application, unless it is the sender."""
    if app == psb.app and psb.hop is None:
        return
    node.emit(
        Upcall(
            app,
            UpcallKind.PATH_EVENT,
            selector=psb.selector,
            tspec=psb.tspec.tspec if isinstance(psb.tspec, SenderTspec) else None,
            adspec=psb.adspec,
            policy=psb.policy,
        )
    )


def path_tear(node: Core, psb: Psb) -> None:
    """Tell the applications of the session that a sender is gone."""
    for app in psb.session.apps:
        if app.id != psb.app or psb.hop is not None:
            node.emit(Upcall(app.id, UpcallKind.PATH_TEAR, selector=psb.selector))


def resv_event(node: Core, tcsb: Tcsb) -> None:
    """Tell the senders among our applications what is reserved for them now."""
    state = tcsb.session
    for psb in state.psbs:
        if (
            psb.hop is not None
            or not psb.routes_to(tcsb.interface)
            or not tcsb.matches(psb.selector)
        ):
            continue
        if tcsb.installed is None:
            node.emit(Upcall(psb.app, UpcallKind.RESV_TEAR, selector=psb.selector))
            continue
        node.emit(
            Upcall(
                psb.app,
                UpcallKind.RESV_EVENT,
                style=state.style,
                flows=(tcsb.installed.flow,),
                selector=psb.selector,
                dscps=_dscps(tcsb),
            )
        )


def _dscps(tcsb: Tcsb) -> tuple[int, ...]:
    """What came in DCLASS with the requests for it."""
    requests = rsbs_of(tcsb.session, tcsb.interface, tcsb.selector)
    found = (item for rsb in requests for item in rsb.extras)
    return next((item.dscps for item in found if isinstance(item, Dclass)), ())
