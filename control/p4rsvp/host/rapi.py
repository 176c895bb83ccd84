"""RAPI, RSVP's classic C interface (RFC 2205 3.11.1; X/Open C809), call by call in Python.

Names, order of arguments, numbers and rules are RAPI's, so that old code maps one to one; what C
passes as a count and a pointer is a list here, and what C returns as an error number is raised as
`RapiError`. Upcalls come from `rapi_dispatch` and from nowhere else: it is called when the
descriptor of `rapi_getfd` is readable. A PATH_EVENT tells of all senders that there are now, a
RESV_EVENT of all reservations. As ever with RAPI, an application joins its groups itself.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from p4rsvp.engine.effects import Upcall, UpcallKind
from p4rsvp.engine.events import ApiReserve, ApiSender
from p4rsvp.host import background
from p4rsvp.host.api import AgentGoneError, CallError, Registration
from p4rsvp.host.client import Client
from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, Selector
from p4rsvp.wire.flows import AnyFlowspec, FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.messages import Policy
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import FF, SE, WF
from p4rsvp.wire.tspec import Tspec

RAPI_VERSION = 502  # major * 100 + minor
RAPI_REQ_CONFIRM = 0x20
_DATA_TTL = 63


_Result = TypeVar("_Result")


class RapiFlag(IntFlag):
    """Flags of rapi_session."""

    RAPI_USE_INTSERV = 0x10  # as is always done here
    RAPI_GPI_SESSION = 0x08


class RapiStyle(IntEnum):
    """rapi_styleid_t."""

    RAPI_RSTYLE_WILDCARD = 1
    RAPI_RSTYLE_FIXED = 2
    RAPI_RSTYLE_SE = 3


class RapiEvent(IntEnum):
    """rapi_eventinfo_t."""

    RAPI_PATH_EVENT = 1
    RAPI_RESV_EVENT = 2
    RAPI_PATH_ERROR = 3
    RAPI_RESV_ERROR = 4
    RAPI_RESV_CONFIRM = 5


class RapiErrorCode(IntEnum):
    """What a call returns in C."""

    RAPI_ERR_OK = 0
    RAPI_ERR_INVAL = 1
    RAPI_ERR_BADSID = 3
    RAPI_ERR_N_FFS = 4
    RAPI_ERR_BADSTYLE = 5
    RAPI_ERR_NORSVP = 9
    RAPI_ERR_NOTSPEC = 12


class RapiError(Exception):
    """A call that has no effect."""

    def __init__(self, code: RapiErrorCode, text: str) -> None:
        super().__init__(f"{code.name}: {text}")
        self.code = code


@dataclass(frozen=True, slots=True)
class RapiUpcall:
    """The arguments of an upcall, in the order in which C has them."""

    sid: int
    event: RapiEvent
    style: RapiStyle | None
    errcode: int
    errvalue: int
    errnode: Address | None
    errflags: int
    filters: tuple[Selector, ...]
    flows: tuple[Tspec | AnyFlowspec | None, ...]  # of a PATH_EVENT: Tspecs
    adspecs: tuple[Any, ...]


EventRoutine: TypeAlias = Callable[[RapiUpcall, Any], None]
_STYLES = {
    RapiStyle.RAPI_RSTYLE_WILDCARD: WF,
    RapiStyle.RAPI_RSTYLE_FIXED: FF,
    RapiStyle.RAPI_RSTYLE_SE: SE,
}
_STYLE_IDS = {style.id: rapi for rapi, style in _STYLES.items()}
_ERRORS = {
    UpcallKind.PATH_ERROR: RapiEvent.RAPI_PATH_ERROR,
    UpcallKind.RESV_ERROR: RapiEvent.RAPI_RESV_ERROR,
    UpcallKind.RESV_CONFIRM: RapiEvent.RAPI_RESV_CONFIRM,
}


@dataclass(slots=True)
class _Sid:
    """One API session: what it has been told, so that events can be complete."""

    session: Session | GpiSession
    event_rtn: EventRoutine | None
    event_arg: Any
    paths: dict[Selector, Upcall] = field(default_factory=dict)
    resvs: dict[Selector, Upcall] = field(default_factory=dict)
    senders: set[Selector] = field(default_factory=set)


class Rapi:
    """One connection to the agent; the functions below share one that is made at first use."""

    def __init__(self, agent: Path | None = None) -> None:
        self._client = background.run(_connected(agent))
        self._sids: dict[int, _Sid] = {}
        self._upcalls: deque[Upcall] = deque()
        self._ready = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._is_gone = False
        self._client.on_end = self._ended

    def close(self) -> None:
        """End all sessions."""
        background.run(self._client.close())
        os.close(self._ready)

    def session(
        self,
        dest: tuple[str, int],
        protid: int,
        flags: int = 0,
        event_rtn: EventRoutine | None = None,
        event_arg: object = None,
    ) -> int:
        """rapi_session: take part; the answer is the sid."""
        kind = GpiSession if flags & RapiFlag.RAPI_GPI_SESSION else Session
        session = kind(_address(dest[0]), protid or 17, dest[1])
        opening = self._client.open(Registration(session, listens=False), self._heard)
        sid = self._run(opening)
        self._sids[sid] = _Sid(session, event_rtn, event_arg)
        return sid

    def sender(
        self,
        sid: int,
        flags: int,
        lhost: tuple[str, int] | None,
        template: Selector | None,
        tspec: Tspec | None,
        adspec: Adspec | None = None,
        policy: Policy = (),
        ttl: int = _DATA_TTL,
    ) -> None:
        """rapi_sender: announce a flow or change it; without a Tspec, withdraw it."""
        part = self._part(sid)
        if template is None:
            way = self._run(self._client.way_towards(part.session.destination))
            host, port = lhost or ("", 0)
            template = PortSelector(_address(host) if host else way.source, port)
        if tspec is None and template not in part.senders:
            raise RapiError(RapiErrorCode.RAPI_ERR_NOTSPEC, "a sender without a Tspec")
        self._run(self._client.call(ApiSender(sid, template, tspec, adspec, ttl, policy)))
        if tspec is None:
            part.senders.discard(template)
        else:
            part.senders.add(template)

    def reserve(
        self,
        sid: int,
        flags: int,
        rhost: str | None,
        styleid: int,
        style_ext: None,
        policy: Policy,
        filter_specs: Sequence[Selector],
        flow_specs: Sequence[Flowspec],
    ) -> None:
        """rapi_reserve: ask for this and nothing else; with no flowspec, for nothing."""
        self._part(sid)
        if styleid not in _STYLES:
            raise RapiError(RapiErrorCode.RAPI_ERR_BADSTYLE, f"style {styleid}")
        style = _STYLES[RapiStyle(styleid)]
        call = ApiReserve(
            sid,
            style,
            _flows(RapiStyle(styleid), filter_specs, flow_specs),
            None if rhost is None else _address(rhost),
            bool(flags & RAPI_REQ_CONFIRM),
            policy,
        )
        self._run(self._client.call(call))

    def release(self, sid: int) -> None:
        """rapi_release: leave; everything of it is torn down."""
        self._part(sid)
        del self._sids[sid]
        self._run(self._client.release(sid))

    def getfd(self, sid: int) -> int:
        """rapi_getfd: a descriptor that is readable when rapi_dispatch has something to do."""
        self._part(sid)
        return self._ready

    def dispatch(self) -> None:
        """rapi_dispatch: make the upcalls that wait; raises RapiError if the agent has gone."""
        try:
            os.eventfd_read(self._ready)
        except BlockingIOError:
            return
        while self._upcalls:
            upcall = self._upcalls.popleft()
            part = self._sids.get(upcall.app)
            if part is not None:
                _remember(part, upcall)
                if part.event_rtn is not None:
                    part.event_rtn(_rapi_upcall(part, upcall), part.event_arg)
        if self._is_gone:
            raise RapiError(RapiErrorCode.RAPI_ERR_NORSVP, "the agent has gone")

    def _heard(self, upcall: Upcall) -> None:
        """On the background's loop; a deque takes from one thread and gives to another."""
        self._upcalls.append(upcall)
        os.eventfd_write(self._ready, 1)

    def _ended(self, _: str) -> None:
        self._is_gone = True
        os.eventfd_write(self._ready, 1)

    def _part(self, sid: int) -> _Sid:
        if sid not in self._sids:
            raise RapiError(RapiErrorCode.RAPI_ERR_BADSID, f"there is no session {sid}")
        return self._sids[sid]

    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        try:
            return background.run(work)
        except AgentGoneError as error:
            raise RapiError(RapiErrorCode.RAPI_ERR_NORSVP, str(error)) from error
        except CallError as error:
            raise RapiError(RapiErrorCode.RAPI_ERR_INVAL, str(error)) from error


async def _connected(agent: Path | None) -> Client:
    try:
        return await Client.connect(agent)
    except AgentGoneError as error:
        raise RapiError(RapiErrorCode.RAPI_ERR_NORSVP, str(error)) from error


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise RapiError(RapiErrorCode.RAPI_ERR_INVAL, str(error)) from error


def _flows(
    style: RapiStyle, filters: Sequence[Selector], flows: Sequence[Flowspec]
) -> tuple[FlowDescriptor, ...]:
    """How many of each a style takes: WF 0 and 1, FF as many as flowspecs, SE any and 1."""
    if not flows:
        return ()
    specs = [FilterSpec(selector) for selector in filters]
    if style is RapiStyle.RAPI_RSTYLE_FIXED and len(specs) == len(flows):
        pairs = zip(flows, specs, strict=True)
        return tuple(FlowDescriptor(flow, (spec,)) for flow, spec in pairs)
    has_filters = style is RapiStyle.RAPI_RSTYLE_SE
    if style is not RapiStyle.RAPI_RSTYLE_FIXED and len(flows) == 1 and has_filters == bool(specs):
        return (FlowDescriptor(flows[0], tuple(specs)),)
    raise RapiError(
        RapiErrorCode.RAPI_ERR_N_FFS,
        f"{len(specs)} filter specs and {len(flows)} flowspecs do not fit {style.name}",
    )


def _remember(part: _Sid, upcall: Upcall) -> None:
    sender = upcall.selector
    if sender is None:
        return
    if upcall.kind is UpcallKind.PATH_EVENT:
        part.paths[sender] = upcall
    elif upcall.kind is UpcallKind.PATH_TEAR:
        part.paths.pop(sender, None)
    elif upcall.kind is UpcallKind.RESV_EVENT:
        part.resvs[sender] = upcall
    elif upcall.kind is UpcallKind.RESV_TEAR:
        part.resvs.pop(sender, None)


def _rapi_upcall(part: _Sid, upcall: Upcall) -> RapiUpcall:
    sid = upcall.app
    if upcall.kind in {UpcallKind.PATH_EVENT, UpcallKind.PATH_TEAR}:
        tspecs = tuple(one.tspec for one in part.paths.values())
        adspecs = tuple(one.adspec for one in part.paths.values())
        return RapiUpcall(
            sid, RapiEvent.RAPI_PATH_EVENT, None, 0, 0, None, 0, tuple(part.paths), tspecs, adspecs
        )
    if upcall.kind in {UpcallKind.RESV_EVENT, UpcallKind.RESV_TEAR}:
        style = None if upcall.style is None else _STYLE_IDS[upcall.style.id]
        flows = tuple(flow.flowspec for one in part.resvs.values() for flow in one.flows)
        event = RapiEvent.RAPI_RESV_EVENT
        return RapiUpcall(sid, event, style, 0, 0, None, 0, tuple(part.resvs), flows, ())
    return _rapi_error(upcall, upcall.error or ErrorSpec(Address(bytes(4)), 0, 0))


def _rapi_error(upcall: Upcall, error: ErrorSpec) -> RapiUpcall:
    named = (f.selector for d in upcall.flows for f in d.filters if isinstance(f, FilterSpec))
    return RapiUpcall(
        upcall.app,
        _ERRORS[upcall.kind],
        None if upcall.style is None else _STYLE_IDS[upcall.style.id],
        error.code,
        error.value,
        error.node,
        error.flags,
        tuple(named) if upcall.selector is None else (upcall.selector,),
        tuple(flow.flowspec for flow in upcall.flows),
        (),
    )


_shared: list[Rapi] = []


def _rapi() -> Rapi:
    """The one that the functions share; a new one where the agent of the last has gone."""
    if not _shared or _shared[0]._is_gone:  # noqa: SLF001 (of this module)
        _shared[:] = [Rapi()]
    return _shared[0]


def rapi_session(
    dest: tuple[str, int],
    protid: int,
    flags: int = 0,
    event_rtn: EventRoutine | None = None,
    event_arg: object = None,
) -> int:
    """Take part in a session."""
    return _rapi().session(dest, protid, flags, event_rtn, event_arg)


def rapi_sender(*arguments: Any) -> None:  # noqa: ANN401 (Rapi.sender's)
    """Announce a flow, change it, or withdraw it."""
    _rapi().sender(*arguments)


def rapi_reserve(*arguments: Any) -> None:  # noqa: ANN401 (Rapi.reserve's)
    """Ask for a reservation, another one, or none."""
    _rapi().reserve(*arguments)


def rapi_release(sid: int) -> None:
    """Leave a session."""
    _rapi().release(sid)


def rapi_getfd(sid: int) -> int:
    """The descriptor to wait for."""
    return _rapi().getfd(sid)


def rapi_dispatch() -> None:
    """Make the upcalls that wait."""
    _rapi().dispatch()


def rapi_version() -> int:
    """The version of the interface."""
    return RAPI_VERSION
