"""Whatever can happen to a node, drawn from a seed: things to do to a `Rig`.

Most messages make sense where they arrive, so that state builds up; the others are for the wrong
session, interface or neighbour, or damaged. Few values of each sort, so that they meet: three
senders, a group, unicast sessions with and without ports and an IPsec one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any, TypeAlias, TypeVar

from p4rsvp.engine.config import TimeParameters
from p4rsvp.engine.events import (
    ApiRelease,
    InterfaceChanged,
    Prefix,
    Route,
    RouteChanged,
    TargetPreempts,
    TargetResult,
)
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode, SessionFlag
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.filter_spec import FilterSpec, GpiSelector, Selector, SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.grammar import Placed
from p4rsvp.wire.hop import Hop, ResvConfirm, TimeValues
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.message import Bundle, decode, encode
from p4rsvp.wire.messages import (
    Message,
    Path,
    PathErr,
    PathTear,
    Resv,
    ResvConf,
    ResvErr,
    ResvTear,
)
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.policy import PolicyData
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import FF, SE, WF, Scope, Style
from p4rsvp.wire.tspec import SenderTspec
from tests.engine.figures.notation import flowspec, tspec
from tests.engine.network import ETHERNET
from tests.engine.rig import (
    GROUP,
    S1,
    S2,
    S3,
    UNI,
    Rig,
    address,
    interface,
    neighbour,
    ours,
    sender,
)

Deed: TypeAlias = Callable[[Rig], object]
AnySession: TypeAlias = Session | GpiSession
Choice = TypeVar("Choice")

LONGEST_REFRESH_MS = 60_000
UPSTREAM, DOWNSTREAM = 1, (2, 3)
GUARANTEED = Flowspec(Service.GUARANTEED, tspec(1), Rspec(2_000.0, 0))
POLICED = Session(UNI.destination, UNI.protocol, UNI.port, SessionFlag.E_POLICE)
NO_PORT = Session(UNI.destination, UNI.protocol, 0)
IPSEC = GpiSession(UNI.destination, 50, 9)
UNKNOWN_KINDS = (0x1001, 0x8F01, 0xE101, 0xF101, 0x0000)


class Anything:
    """A stream of deeds."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311  # nobody has to be kept from guessing
        self._styles = (self._random.choice((WF, FF, SE)),) * 8 + (WF, FF, SE)

    def deed(self) -> Deed:
        """The next thing to do: packets most of all, since those come from strangers."""
        make = self._random.choices(
            (self._packet, self._call, self._wait, self._route, self._interface, self._data_plane),
            (70, 12, 6, 3, 3, 8),
        )[0]
        return make()

    def _one_in(self, many: int) -> bool:
        return self._random.randrange(many) == 0

    def _pick(self, *choices: Choice) -> Choice:
        return self._random.choice(choices)

    def _some(self, choices: Sequence[Choice]) -> list[Choice]:
        return self._random.sample(choices, self._random.randint(1, len(choices)))

    # What messages are made of

    def _session(self) -> AnySession:
        likely: list[AnySession] = [GROUP, GROUP, GROUP, UNI, UNI, POLICED, IPSEC, NO_PORT]
        return self._random.choice(likely)

    def _selector(self, session: AnySession) -> Selector:
        if self._one_in(30):
            unlikely: list[Selector] = [sender(1, 0), GpiSelector(S1.source, 1), S1]
            return self._random.choice(unlikely)
        if isinstance(session, GpiSession):
            return GpiSelector(self._pick(S1, S2).source, 77)
        if session.port == 0:
            return sender(1, 0)
        return self._pick(S1, S2, S3)

    def _neighbour(self, by: int) -> Address:
        return ours(by) if self._one_in(40) else neighbour(by, self._pick(8, 9))

    def _times(self) -> TimeValues:
        return TimeValues(self._pick(30_000, 30_000, 1_000, LONGEST_REFRESH_MS, 0))

    def _flowspec(self) -> Flowspec:
        if self._one_in(8):
            return self._pick(GUARANTEED, flowspec(20_000))
        return flowspec(self._pick(1, 2, 3, 4, 1_500))

    def _flows(
        self, session: AnySession, style: Style, *, tear: bool = False
    ) -> tuple[FlowDescriptor, ...]:
        wanted = None if tear else self._flowspec()
        if style is WF:
            return (FlowDescriptor(wanted),)
        named = {self._selector(session) for _ in range(self._pick(1, 1, 2, 3))}
        filters = tuple(FilterSpec(one) for one in sorted(named, key=_body))
        if style is SE:
            return (FlowDescriptor(wanted, filters),)
        return tuple(FlowDescriptor(None if tear else self._flowspec(), (one,)) for one in filters)

    def _scope(self) -> Scope | None:
        if not self._one_in(6):
            return None
        return Scope(tuple(one.source for one in self._some((S1, S2, S3))))

    def _common(self) -> dict[str, Any]:
        extras: tuple[Placed, ...] = ()
        if self._one_in(12):
            extras = (Placed(2, Opaque(self._pick(*UNKNOWN_KINDS), bytes(4))),)
        return {"send_ttl": 1 if self._one_in(20) else 60, "extras": extras}

    def _policy(self) -> tuple[PolicyData, ...]:
        return (PolicyData(bytes(8)),) if self._one_in(10) else ()

    def _error(self) -> ErrorSpec:
        code = self._pick(ErrorCode.ADMISSION_CONTROL_FAILURE, ErrorCode.POLICY_CONTROL_FAILURE)
        return ErrorSpec(neighbour(UPSTREAM), code, 2, self._random.randrange(4))

    def _confirm(self) -> ResvConfirm | None:
        if not self._one_in(5):
            return None
        return ResvConfirm(self._pick(neighbour(2, 100), ours(1), address("239.1.1.1")))

    # Messages

    def _message(self, by: int) -> Message:
        """A message of a neighbour on this interface, of a type that comes from there."""
        session, common = self._session(), self._common()
        style = self._pick(*self._styles)
        lih = self._random.randrange(5) if self._one_in(20) else by
        hop = Hop(self._neighbour(by), lih)
        template = SenderTemplate(self._selector(session))
        if by == UPSTREAM or self._one_in(20):
            return self._from_upstream(session, hop, template, style, common)
        flows = self._flows(session, style)
        kind = self._pick("Resv", "Resv", "Resv", "Resv", "ResvTear", "PathErr")
        if kind == "Resv":
            return Resv(
                session,
                hop,
                self._times(),
                style,
                flows,
                self._confirm(),
                self._scope(),
                self._policy(),
                **common,
            )
        if kind == "ResvTear":
            return ResvTear(session, hop, style, self._flows(session, style, tear=True), **common)
        return PathErr(session, self._error(), template, SenderTspec(tspec(1)), **common)

    def _from_upstream(
        self,
        session: AnySession,
        hop: Hop,
        template: SenderTemplate,
        style: Style,
        common: dict[str, Any],
    ) -> Message:
        kind = self._pick("Path", "Path", "Path", "Path", "PathTear", "ResvErr", "ResvConf")
        sender_tspec = SenderTspec(tspec(self._pick(1, 2, 1_500, 20_000)))
        if kind == "Path":
            return Path(
                session,
                hop,
                self._times(),
                template,
                sender_tspec,
                None,
                self._policy(),
                **common,
            )
        if kind == "PathTear":
            return PathTear(session, hop, template, **common)
        flows = self._flows(session, style)
        if kind == "ResvErr":
            return ResvErr(session, hop, self._error(), style, flows[:1], self._scope(), **common)
        return ResvConf(session, self._error(), ResvConfirm(ours(1)), style, flows, **common)

    def _packet(self) -> Deed:
        by = self._pick(UPSTREAM, UPSTREAM, *DOWNSTREAM)
        message = self._message(by)
        data = encode(message)
        if self._one_in(20):
            data = encode(Bundle(messages=(message, self._message(by))))
        if self._one_in(8):
            data = self._damaged(data)
        downstream = isinstance(message, Path | PathTear)
        destination = getattr(message.session, "destination") if downstream else ours(by)  # type: ignore[attr-defined]  # noqa: B009
        ttl = self._pick(None, 60, 60, 255)
        return lambda rig: rig.receive(data, by=by, destination=destination, ttl=ttl)

    def _damaged(self, data: bytes) -> bytes:
        """Some bytes are changed, or missing; a checksum of zero means that there is none."""
        damaged = bytearray(data)
        for _ in range(self._random.randrange(4)):
            damaged[self._random.randrange(len(damaged))] = self._random.randrange(256)
        damaged[2:4] = bytes(2)
        if self._one_in(4):
            del damaged[self._random.randrange(len(data)) :]
        return data if lives_long(bytes(damaged)) else bytes(damaged)

    # Everything else

    def _wait(self) -> Deed:
        wait_ms = self._pick(1, 1_000, 2_000, 40_000, 100_000)
        return lambda rig: rig.wait(wait_ms)

    def _route(self) -> Deed:
        destination = self._pick(GROUP, UNI).destination
        outgoing = tuple(sorted(self._some((1, 2, 3))))
        route = None if self._one_in(5) else Route(outgoing, self._pick(1, 1, 2))
        return lambda rig: rig.happens(RouteChanged(Prefix(destination, 32), route))

    def _interface(self) -> Deed:
        number = self._pick(1, 2, 3)
        times = TimeParameters(refresh_period_ms=self._pick(10_000, 30_000))
        link = replace(ETHERNET, mtu_bytes=576) if self._one_in(4) else ETHERNET
        config = None if self._one_in(2) else interface(number, link, times)
        if self._one_in(4):
            config = interface(number, addresses=(address(f"10.0.{number}.2"),))
        return lambda rig: rig.happens(InterfaceChanged(number, config))

    def _data_plane(self) -> Deed:
        return self._pick(
            preempt,
            lambda rig: answer(rig, ok=True),
            lambda rig: answer(rig, ok=True),
            lambda rig: answer(rig, ok=False),
            lambda rig: setattr(rig, "answers", not rig.answers),
        )

    def _call(self) -> Deed:
        app, session = self._pick(1, 2), self._session()
        style = self._pick(*self._styles)
        selector, multiple = self._selector(session), self._pick(1, 2, 20_000)
        flows = self._flows(session, self._pick(style, style, style, WF, FF, SE))
        confirm = self._one_in(3)
        return self._pick(
            lambda rig: rig.joins(app, session),
            lambda rig: rig.announces(app, selector, multiple),
            lambda rig: rig.reserves(app, style, *flows, confirm=confirm),
            lambda rig: rig.reserves(app, style, *flows, confirm=confirm),
            lambda rig: rig.reserves(app, style),
            lambda rig: rig.happens(ApiRelease(app)),
        )


def lives_long(data: bytes) -> bool:
    """Whether a message would keep its state for longer than a test waits."""
    with suppress(DecodeError):
        message = decode(data)
        parts = message.messages if isinstance(message, Bundle) else (message,)
        times = [one.time_values for one in parts if isinstance(one, Path | Resv)]
        return any(one.refresh_period_ms > LONGEST_REFRESH_MS for one in times)
    return False


def _body(selector: Selector) -> bytes:
    return selector.body()


def preempt(rig: Rig) -> None:
    """The data plane gives the oldest reservation up."""
    for rhandle, entry in sorted(rig.target.entries.items())[:1]:
        rig.happens(TargetPreempts(entry.session, rhandle))


def answer(rig: Rig, *, ok: bool) -> None:
    """The data plane answers what waits, or what nobody asked."""
    if rig.unanswered:
        rig.answer(ok=ok)
    else:
        rig.happens(TargetResult(4711, ok))


def fall_silent(rig: Rig) -> None:
    """The data plane answers again, applications leave, and nobody sends anything any more."""
    rig.answers = True
    rig.answer_all()
    for app in (1, 2):
        rig.happens(ApiRelease(app))
    rig.wait(10 * LONGEST_REFRESH_MS)
