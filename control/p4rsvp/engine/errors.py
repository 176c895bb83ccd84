"""PERR and RERR arrive (RFC 2209 2; RFC 2205 3.1.7, 3.1.8, 3.5).

Errors travel towards those who caused them, and leave no state behind but blockades.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import structs

from p4rsvp.engine import blockade, upstream
from p4rsvp.engine.effects import TraceKind, Upcall, UpcallKind
from p4rsvp.engine.extras import as_extras, forwardable, onward
from p4rsvp.engine.requests import Rsb
from p4rsvp.engine.state import Bsb, Phop, Psb, SessionState
from p4rsvp.wire.codes import ErrorCode, ErrorFlag
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import FilterSpec, Selector, SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.messages import PathErr, ResvErr
from p4rsvp.wire.style import Scope

if TYPE_CHECKING:
    from p4rsvp.engine.config import InterfaceConfig
    from p4rsvp.engine.core import Core


def path_err_arrives(node: Core, message: PathErr) -> None:
    """PERR MESSAGE ARRIVES: towards the sender, along the path state."""
    state = node.find_session(message.session)
    error, template = message.error, message.template
    psbs: list[Psb] = []
    if state is not None and isinstance(template, SenderTemplate):
        psbs = [p for p in state.psbs if p.selector == template.selector and not p.local_only]
    if not psbs or not isinstance(error, ErrorSpec):
        node.trace(TraceKind.DROPPED, message.session, "a PathErr matches no path state")
        return
    for psb in psbs:
        if psb.hop is not None:
            node.send_to_neighbour(psb.interface, psb.hop.address, onward(message))
            continue
        upcall = Upcall(
            psb.app,
            UpcallKind.PATH_ERROR,
            error,
            selector=psb.selector,
            policy=message.policy,
            text=error.text,
        )
        node.emit(upcall)


def resv_err_arrives(node: Core, interface: InterfaceConfig, message: ResvErr) -> None:
    """RERR MESSAGE ARRIVES through the incoming interface of the senders that it is about."""
    state = node.find_session(message.session)
    error = message.error
    if state is None or not state.psbs or not isinstance(error, ErrorSpec):
        node.trace(TraceKind.DROPPED, message.session, "a ResvErr matches no path state")
        return
    flow = message.flows[0] if message.flows else FlowDescriptor(None)
    blockades: list[Bsb] = []
    # RFC 2205 3.5: only an admission failure blockades.
    if error.code == ErrorCode.ADMISSION_CONTROL_FAILURE and isinstance(flow.flowspec, Flowspec):
        blockades = _blockade(node, state, message, flow.flowspec)
    for rsb in state.rsbs:
        if rsb.interface != interface.id and _concerns(rsb, flow):
            _forward(node, state, rsb, message, flow, blockades)


def _blockade(node: Core, state: SessionState, message: ResvErr, failed: Flowspec) -> list[Bsb]:
    """RFC 2209: for WF one element for the previous hop, else one for each sender named.

    Only for what there is path state of, so that blockades cannot outnumber it.
    """
    if message.style.is_wildcard:
        address = getattr(message.hop, "address", None)
        psbs = [p for p in state.psbs if p.hop is not None and p.hop.address == address]
    else:
        psbs = [p for p in state.psbs if _is_named(p.selector, message)]
    keys: dict[Selector | Phop, int] = {}
    for psb in psbs:
        if psb.phop is not None:
            keys[psb.phop if message.style.is_wildcard else psb.selector] = psb.interface
    blockades = [
        blockade.put(node, state, key, failed, interface)
        for key, interface in keys.items()
        if interface in node.interfaces
    ]
    # In an order that does not depend on hashes: the same events give the same effects.
    for phop in dict.fromkeys(psb.phop for psb in psbs if psb.phop is not None):
        upstream.refresh(node, state, phop, unless_blockaded=True)
    return blockades


def _concerns(rsb: Rsb, flow: FlowDescriptor) -> bool:
    named = {item.selector for item in flow.filters if isinstance(item, FilterSpec)}
    return not named or not rsb.selectors or bool(named & set(rsb.selectors))


def _forward(
    node: Core,
    state: SessionState,
    rsb: Rsb,
    message: ResvErr,
    failed: FlowDescriptor,
    blockades: list[Bsb],
) -> None:
    """Pass an error on to one next hop, unless RFC 2205 3.5 finds it not guilty."""
    error = message.error
    assert isinstance(error, ErrorSpec), "checked on arrival"
    assert rsb.flowspec is not None, "an RSB has a flowspec from its first moment"
    in_place = bool(error.flags & ErrorFlag.IN_PLACE)
    if blockades and in_place and not any(blockade.blocks(b, rsb.flowspec) for b in blockades):
        return
    filters = tuple(FilterSpec(s) for s in rsb.selectors if _is_named(s, message))
    # RFC 2205 3.1.8: with the FILTER_SPECs of the reservation state.
    flow = FlowDescriptor(failed.flowspec, filters)
    if rsb.is_local:
        if blockades and blockade.is_beyond(blockades[0], rsb.flowspec):
            error = replace(error, flags=error.flags | ErrorFlag.NOT_GUILTY)
        told = Upcall(rsb.app, UpcallKind.RESV_ERROR, error, rsb.style, (flow,))
        node.emit(structs.replace(told, policy=message.policy, text=error.text))
    else:
        _send_on(node, state, rsb, message, flow)


def _send_on(
    node: Core, state: SessionState, rsb: Rsb, message: ResvErr, flow: FlowDescriptor
) -> None:
    """Send an error to the next hop of a reservation, with the part of its scope that is there."""
    scope = None
    if rsb.style.is_wildcard and message.scope is not None:
        scope = _scope_towards(state.psbs, message.scope, rsb.interface)
        if not scope.senders:
            return
    own = node.interfaces.get(rsb.interface)
    address = None if own is None or rsb.nhop is None else own.address_towards(rsb.nhop)
    if rsb.nhop is None or address is None:
        return
    node.send_to_neighbour(
        rsb.interface,
        rsb.nhop,
        ResvErr(
            state.session,
            Hop(address, rsb.interface),
            message.error,
            rsb.style,
            (flow,),
            scope,
            message.policy,
            extras=as_extras(forwardable(message)),
        ),
    )


def _is_named(selector: Selector, message: ResvErr) -> bool:
    named = [
        f.selector for flow in message.flows for f in flow.filters if isinstance(f, FilterSpec)
    ]
    return not named or selector in named


def _scope_towards(psbs: tuple[Psb, ...], scope: Scope, interface: int) -> Scope:
    """RFC 2205 3.4: of the senders listed, those that route to this interface."""
    routed = {psb.selector.source for psb in psbs if psb.routes_to(interface)}
    return Scope(tuple(sender for sender in scope.senders if sender in routed))
