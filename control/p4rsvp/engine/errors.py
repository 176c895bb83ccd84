"""PERR and RERR arrive (RFC 2209 2; RFC 2205 3.1.7, 3.1.8, 3.5).

Errors travel towards those who caused them, and leave no state behind but blockades.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from p4rsvp.engine import blockade, upstream
from p4rsvp.engine.effects import TraceKind, Upcall, UpcallKind
from p4rsvp.engine.extras import as_extras, forwardable
from p4rsvp.engine.state import Bsb, Phop, Psb, Rsb, SessionState
from p4rsvp.intserv.services import compare
from p4rsvp.intserv.tspec import Ordering
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
    from p4rsvp.engine.node import Node


def path_err_arrives(node: Node, message: PathErr) -> None:
    """PERR MESSAGE ARRIVES: towards the sender, along the path state."""
    state = node.find_session(message.session)
    error, template = message.error, message.template
    if (
        state is None
        or not isinstance(template, SenderTemplate)
        or not isinstance(error, ErrorSpec)
    ):
        node.trace(TraceKind.DROPPED, message.session, "a PathErr matches no path state")
        return
    selector = template.selector
    for psb in state.psbs:
        if psb.selector != selector or psb.local_only:
            continue
        if psb.hop is None:
            node.emit(
                Upcall(
                    psb.app,
                    UpcallKind.PATH_ERROR,
                    error,
                    selector=selector,
                    policy=message.policy,
                    text=error.text,
                )
            )
        else:
            onward = replace(message, extras=as_extras(forwardable(message)))
            node.send_to_neighbour(psb.interface, psb.hop.address, onward)


def resv_err_arrives(node: Node, interface: InterfaceConfig, message: ResvErr) -> None:
    """RERR MESSAGE ARRIVES through the incoming interface of the senders that it is about."""
    state = node.find_session(message.session)
    error = message.error
    if state is None or not state.psbs or not isinstance(error, ErrorSpec):
        node.trace(TraceKind.DROPPED, message.session, "a ResvErr matches no path state")
        return
    flow = message.flows[0] if message.flows else FlowDescriptor(None)
    failed = flow.flowspec if isinstance(flow.flowspec, Flowspec) else None
    phop = Phop(interface.id, message.hop.address)  # type: ignore[union-attr]
    # RFC 2205 3.5: only an admission failure blockades.
    blockades: list[Bsb] = []
    if error.code == ErrorCode.ADMISSION_CONTROL_FAILURE and failed is not None:
        blockades = _blockade(node, state, message, flow, failed, phop)
        # In an order that does not depend on hashes: the same events give the same effects.
        for one in dict.fromkeys(
            p.phop for p in state.psbs if p.phop is not None and p.interface == phop.interface
        ):
            upstream.refresh(node, state, one, unless_blockaded=True)
    for rsb in state.rsbs:
        if rsb.interface != interface.id and _concerns(rsb, flow):
            _forward(node, state, rsb, message, failed, blockades)


def _blockade(
    node: Node,
    state: SessionState,
    message: ResvErr,
    flow: FlowDescriptor,
    failed: Flowspec,
    phop: Phop,
) -> list[Bsb]:
    """RFC 2209: for WF one element for the previous hop, else one for each sender named."""
    keys: list[Selector | Phop] = [phop]
    if not message.style.is_wildcard:
        keys = [item.selector for item in flow.filters if isinstance(item, FilterSpec)]
    return [blockade.put(node, state, key, failed, phop.interface) for key in keys]


def _concerns(rsb: Rsb, flow: FlowDescriptor) -> bool:
    named = {item.selector for item in flow.filters if isinstance(item, FilterSpec)}
    return not named or not rsb.selectors or bool(named & set(rsb.selectors))


def _forward(
    node: Node,
    state: SessionState,
    rsb: Rsb,
    message: ResvErr,
    failed: Flowspec | None,
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
    flow = FlowDescriptor(failed, filters)
    if rsb.is_local:
        if failed is not None and compare(failed, rsb.flowspec) is Ordering.GREATER:
            error = replace(error, flags=error.flags | ErrorFlag.NOT_GUILTY)
        node.emit(
            Upcall(
                rsb.app,
                UpcallKind.RESV_ERROR,
                error,
                rsb.style,
                (flow,),
                policy=message.policy,
                text=error.text,
            )
        )
        return
    scope = None
    if rsb.style.is_wildcard and message.scope is not None:
        scope = _scope_towards(state.psbs, message.scope, rsb.interface)
        if not scope.senders:
            return
    own = node.interfaces.get(rsb.interface)
    address = None if own is None or rsb.nhop is None else own.address(rsb.nhop.version)
    if rsb.nhop is None or address is None:
        return
    node.send_to_neighbour(
        rsb.interface,
        rsb.nhop,
        ResvErr(
            state.session,
            Hop(address, rsb.interface),
            error,
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
