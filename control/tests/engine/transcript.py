"""A recorded case as text: each event, what came of it, and the state that is left at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import indent

from p4rsvp.engine.effects import (
    AddFilter,
    AddFlowspec,
    DelFilter,
    DelFlowspec,
    Effect,
    ModFlowspec,
    Operation,
    PoliceFlag,
    Program,
    SendPacket,
    Trace,
    Upcall,
)
from p4rsvp.engine.requests import LOCAL, Rsb
from p4rsvp.engine.state import Psb, SessionState, Tcsb
from p4rsvp.intserv.link import Plan
from p4rsvp.wire.filter_spec import FilterSpec, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.message import decode
from p4rsvp.wire.style import StyleId
from p4rsvp.wire.text import to_text
from p4rsvp.wire.text.core import inline
from tests.engine.rig import Outcome, Rig
from tests.engine.script import Event, play


def transcript(events: Iterable[Event]) -> str:
    """Play a script on a fresh node and write down all of it."""
    rig, lines = Rig(), []
    for event in events:
        said = ", ".join(f"{key} = {value}" for key, value in event.items())
        lines += [f"> {said}", *_effects(play(rig, event)), ""]
    return "\n".join([*lines, "State", *_state(rig), ""])


def _effects(outcome: Outcome) -> Iterator[str]:
    if not outcome.effects:
        yield "  nothing"
    for effect in outcome.effects:
        yield indent(_effect(effect), "  ")


def _effect(effect: Effect) -> str:
    if isinstance(effect, SendPacket):
        alert = ", Router Alert" if effect.router_alert else ""
        head = f"send by {effect.interface}: {effect.source} to {effect.destination}"
        text = indent(to_text(decode(effect.data)), "  ")
        return f"{head}, TTL {effect.ttl}{alert}\n{text}"
    if isinstance(effect, Program):
        steps = indent("\n".join(map(_step, effect.operations)), "  ")
        return f"transaction {effect.txn}\n{steps}"
    if isinstance(effect, Upcall):
        return _upcall(effect)
    assert isinstance(effect, Trace)
    return f"note: {effect.kind.value}" + (f" ({effect.text})" if effect.text else "")


def _step(step: Operation) -> str:
    where = f"{type(step).__name__} {step.rhandle} on {step.interface}"
    if isinstance(step, AddFlowspec):
        return f"{where}: {_plan(step.plan, step.police)}"
    if isinstance(step, ModFlowspec):
        return f"{where}: {_plan(step.plan, step.police)}"
    if isinstance(step, AddFilter | DelFilter):
        return f"{where}: {_sender(step.selector)}"
    assert isinstance(step, DelFlowspec)
    return where


def _plan(plan: Plan, police: PoliceFlag) -> str:
    flags = "".join(flag.name or "" for flag in PoliceFlag if flag in police)
    policed = f", policed {flags}" if flags else ""
    return f"{plan.meter.cir_bytes_per_s} B/s, burst {plan.meter.cbs_bytes} B{policed}"


def _sender(selector: Selector | None) -> str:
    return "every sender" if selector is None else inline(FilterSpec(selector))


def _upcall(upcall: Upcall) -> str:
    parts = [f"upcall to {upcall.app}: {upcall.kind.name}"]
    if upcall.selector is not None:
        parts.append(_sender(upcall.selector))
    if upcall.style is not None and upcall.style.id is not None:
        parts.append(upcall.style.id.name)
    parts += [_flow(flow) for flow in upcall.flows]
    if upcall.error is not None:
        parts.append(inline(upcall.error))
    return ", ".join(parts)


def _flow(flow: FlowDescriptor) -> str:
    senders = " ".join(inline(item) for item in flow.filters) or "*"
    return f"{senders}: {inline(flow.flowspec)}" if flow.flowspec is not None else senders


def _state(rig: Rig) -> Iterator[str]:
    found = False
    for state in rig.node.sessions.values():
        found = True
        yield f"  {inline(state.session)}"
        yield from (f"    {line}" for line in _blocks(state))
    if not found:
        yield "  nothing"


def _blocks(state: SessionState) -> Iterator[str]:
    yield from map(_psb, state.psbs)
    yield from map(_rsb, state.rsbs)
    yield from map(_tcsb, state.tcsbs)
    for bsb in state.bsbs:
        yield f"BSB: Qb {inline(bsb.flowspec)}"


def _psb(psb: Psb) -> str:
    comes = "our own" if psb.hop is None else f"from {psb.hop.address} by {psb.interface}"
    goes = " and ".join(str(out.interface) for out in psb.outs) or "nowhere"
    flags = "".join(
        f", {name}"
        for name, is_on in (
            ("Local_Only", psb.local_only),
            ("Non_RSVP", psb.non_rsvp),
            ("E_Police", psb.e_police),
        )
        if is_on
    )
    return f"PSB: {_sender(psb.selector)} {comes}, to {goes}{flags}"


def _rsb(rsb: Rsb) -> str:
    whose = f"application {rsb.app}" if rsb.is_local else f"{rsb.nhop} by {rsb.interface}"
    style = rsb.style.id or StyleId.WF
    senders = " ".join(map(_sender, rsb.selectors)) or "*"
    return f"RSB: {whose}, {style.name} {senders}: {inline(rsb.flowspec)}"


def _tcsb(tcsb: Tcsb) -> str:
    where = "for applications" if tcsb.interface == LOCAL else f"on {tcsb.interface}"
    if tcsb.installed is None:
        return f"TCSB {tcsb.rhandle} {where}: not installed"
    return f"TCSB {tcsb.rhandle} {where}: {inline(tcsb.installed.flowspec)}"
