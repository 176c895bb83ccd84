"""The language of the recorded cases: one TOML table for each event, its deed named first.

    about = "what the case shows"
    rfc = [["2209", "PATH MESSAGE ARRIVES"]]

    [[event]]
    path = "S1"                     # of this sender, from the previous hop on interface 1
    [[event]]
    resv = "FF( S1{4B} )"           # in RFC 2205's notation, from the next hop on interface 2
    by = 3                          # ... or on another
    [[event]]
    wait_ms = 30_000

The node is that of rig.py. A session is GROUP unless `session = "UNI"` is said; neighbours are
called by the last byte of their addresses (`hop`, `nhop`: 9 unless said).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from msgspec.structs import replace

from p4rsvp.engine.events import ApiRelease, InterfaceChanged
from p4rsvp.wire.codes import ErrorCode, ErrorFlag
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import PortSelector
from p4rsvp.wire.hop import Hop, ResvConfirm
from p4rsvp.wire.messages import ResvConf
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import Scope
from tests.engine.figures.notation import read, sender
from tests.engine.rig import (
    GROUP,
    PLENTY,
    REFRESH_MS,
    UNI,
    Outcome,
    Rig,
    address,
    interface,
    neighbour,
)

Event: TypeAlias = dict[str, Any]
SESSIONS = {"GROUP": GROUP, "UNI": UNI, "UNI without a port": Session(UNI.destination, 17, 0)}


def play(rig: Rig, event: Event) -> Outcome:
    """Let one event of a script happen."""
    deed = next(iter(event))
    return _DEEDS[deed](rig, event[deed], event)


def _session(event: Event) -> Session:
    return SESSIONS[event.get("session", "GROUP")]


def _upstream(event: Event) -> dict[str, Any]:
    by = event.get("by", 1)
    hop = Hop(neighbour(by, event.get("hop", 9)), event.get("lih", 90 + by))
    return {"session": _session(event), "by": by, "hop": hop}


def _downstream(event: Event) -> dict[str, Any]:
    by = event.get("by", 2)
    nhop = neighbour(by, event.get("nhop", 9))
    return {"session": _session(event), "by": by, "nhop": nhop, "lih": event.get("lih", by)}


def _scope(event: Event) -> Scope | None:
    names = event.get("scope")
    return None if names is None else Scope(tuple(sender(name).source for name in names))


def _sender(name: str, event: Event) -> PortSelector:
    chosen = sender(name)
    assert isinstance(chosen, PortSelector)
    return replace(chosen, port=event.get("port", chosen.port))


def _path(rig: Rig, name: str, event: Event) -> Outcome:
    ttl = event.get("ttl", 60)
    return rig.path(
        _sender(name, event),
        multiple=event.get("multiple", PLENTY),
        refresh_ms=event.get("refresh_ms", REFRESH_MS),
        ttl=None if event.get("udp") else ttl,
        send_ttl=event.get("send_ttl", ttl),
        **_upstream(event),
    )


def _path_tear(rig: Rig, name: str, event: Event) -> Outcome:
    return rig.path_tear(sender(name), **_upstream(event))


def _path_err(rig: Rig, name: str, event: Event) -> Outcome:
    return rig.path_err(sender(name), by=event.get("by", 2), session=_session(event))


def _resv(rig: Rig, text: str, event: Event) -> Outcome:
    style, flows = read(text)
    receiver = event.get("confirm")
    return rig.resv(
        style,
        *flows,
        refresh_ms=event.get("refresh_ms", REFRESH_MS),
        confirm=None if receiver is None else ResvConfirm(address(receiver)),
        scope=_scope(event),
        **_downstream(event),
    )


def _resv_tear(rig: Rig, text: str, event: Event) -> Outcome:
    style, flows = read(text)
    return rig.resv_tear(style, *flows, **_downstream(event))


def _resv_err(rig: Rig, text: str, event: Event) -> Outcome:
    style, (flow,) = read(text)
    flags = ErrorFlag.IN_PLACE if event.get("in_place") else 0
    code = ErrorCode[event.get("code", "ADMISSION_CONTROL_FAILURE")]
    return rig.resv_err(
        style, flow, code=code, flags=flags, scope=_scope(event), **_upstream(event)
    )


def _resv_conf(rig: Rig, text: str, event: Event) -> Outcome:
    style, flows = read(text)
    receiver = ResvConfirm(address(event["receiver"]))
    error = ErrorSpec(neighbour(1), ErrorCode.CONFIRMATION, 0)
    message = ResvConf(_session(event), error, receiver, style, flows, send_ttl=200)
    return rig.resv_conf(message)


def _route(rig: Rig, name: str, event: Event) -> Outcome:
    destination = SESSIONS[name].destination if name in SESSIONS else address(name)
    source = sender(event["source"]).source if "source" in event else None
    return rig.route(destination, *event["outgoing"], incoming=event.get("incoming"), source=source)


def _interface(rig: Rig, number: int, event: Event) -> Outcome:
    config = interface(number) if event["up"] else None
    return rig.happens(InterfaceChanged(number, config))


def _reserve(rig: Rig, text: str, event: Event) -> Outcome:
    style, flows = read(text)
    return rig.reserves(event["app"], style, *flows, confirm=event.get("confirm", False))


def _late(rig: Rig, late: bool, _: Event) -> Outcome:  # noqa: FBT001  # the value of a TOML key
    rig.answers = not late
    return Outcome()


_DEEDS: dict[str, Callable[[Rig, Any, Event], Outcome]] = {
    "path": _path,
    "path_tear": _path_tear,
    "path_err": _path_err,
    "resv": _resv,
    "resv_tear": _resv_tear,
    "resv_err": _resv_err,
    "resv_conf": _resv_conf,
    "route": _route,
    "interface": _interface,
    "join": lambda rig, app, event: rig.joins(app, _session(event)),
    "announce": lambda rig, name, event: rig.announces(event["app"], sender(name)),
    "reserve": _reserve,
    "release": lambda rig, app, _: rig.happens(ApiRelease(app)),
    "wait_ms": lambda rig, wait_ms, _: rig.wait(wait_ms),
    "data_plane_is_late": _late,
    "data_plane_answers": lambda rig, ok, _: rig.answer(ok=ok),
}
