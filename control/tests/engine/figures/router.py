"""One router under test, among neighbours whose messages are written by hand.

Interfaces are letters as in the RFC's figures; each has one previous hop of the same letter in
capitals, and next hops by the names of receivers. The data plane accepts everything at once.
"""

from __future__ import annotations

from p4rsvp.engine.config import InterfaceConfig, NodeConfig
from p4rsvp.engine.effects import Effect, Program, SendPacket
from p4rsvp.engine.events import (
    Event,
    InterfaceChanged,
    PacketIn,
    Prefix,
    Route,
    RouteChanged,
    Tick,
)
from p4rsvp.engine.node import Node
from p4rsvp.sim.target import Target
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode, ErrorFlag
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import SenderTemplate
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.message import decode, encode
from p4rsvp.wire.messages import Message, Path, PathTear, Resv, ResvErr, ResvTear
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import Scope
from p4rsvp.wire.tspec import SenderTspec
from tests.engine.network import ETHERNET

from .notation import read, sender, show, show_reservation, show_scope, tspec

SESSION = Session(Address.parse("239.1.1.1"), 17, 5_000)
REFRESH_MS = 30_000
PLENTY = 40_000  # what senders announce, in B: never less than what is reserved


class Router:
    """A router with letters for interfaces, for one multicast session."""

    def __init__(self, interfaces: str) -> None:
        self._numbers = {letter: number for number, letter in enumerate(interfaces, 1)}
        self._node = Node(
            NodeConfig(
                "router",
                tuple(self._config(letter) for letter in interfaces),
            )
        )
        self._target = Target()
        self._now_ns = 0
        self._unanswered: list[Program] | None = None
        self._lihs: dict[Address, int] = {}
        self._sent: dict[Address, list[Message]] = {}

    def _own(self, letter: str) -> Address:
        return Address.parse(f"10.1.{self._numbers[letter]}.254")

    def neighbour(self, letter: str, name: str) -> Address:
        """A previous or next hop: A is 10.1.N.1 on its interface, R2 is 10.1.N.102."""
        host = 100 + int(name[1:]) if name[1:] else 1
        return Address.parse(f"10.1.{self._numbers[letter]}.{host}")

    def routes(self, senders: str, incoming: str, outgoing: str, multiple: int = PLENTY) -> None:
        """Say how data of these senders goes: `routes("S2,S3", "b", "cd")`; tell of the senders."""
        for name in senders.split(","):
            route = Route(
                tuple(self._numbers[letter] for letter in outgoing), self._numbers[incoming]
            )
            group = Prefix(SESSION.destination, 32)
            self.happens(RouteChanged(group, route, sender(name).source))
            self.path(name, incoming, multiple)

    def path(self, name: str, letter: str, multiple: int = PLENTY) -> None:
        """A Path message of this sender comes in from the previous hop."""
        hop = Hop(self.neighbour(letter, letter.upper()), 90 + self._numbers[letter])
        self._lihs[hop.address] = hop.lih
        path = Path(
            SESSION,
            hop,
            TimeValues(REFRESH_MS),
            SenderTemplate(sender(name)),
            SenderTspec(tspec(multiple)),
            send_ttl=60,
        )
        self._arrives(letter, hop.address, SESSION.destination, 60, path)

    def path_tear(self, name: str, letter: str) -> None:
        """A PathTear message of this sender comes in from the previous hop."""
        hop = Hop(self.neighbour(letter, letter.upper()), 90 + self._numbers[letter])
        tear = PathTear(SESSION, hop, SenderTemplate(sender(name)), send_ttl=60)
        self._arrives(letter, hop.address, SESSION.destination, 60, tear)

    def resv(self, letter: str, receiver: str, text: str, scope: str = "") -> None:
        """A Resv message comes in by an outgoing interface."""
        style, flows = read(text)
        names = scope.strip("[]").split(", ") if scope else []
        scoped = Scope(tuple(sender(name).source for name in names)) if names else None
        hop = Hop(self.neighbour(letter, receiver), self._numbers[letter])
        resv = Resv(SESSION, hop, TimeValues(REFRESH_MS), style, flows, scope=scoped, send_ttl=255)
        self._arrives(letter, hop.address, self._own(letter), 255, resv)

    def resv_tear(self, letter: str, receiver: str, text: str) -> None:
        """A ResvTear message comes in by an outgoing interface."""
        style, flows = read(text)
        hop = Hop(self.neighbour(letter, receiver), self._numbers[letter])
        tear = ResvTear(SESSION, hop, style, flows, send_ttl=255)
        self._arrives(letter, hop.address, self._own(letter), 255, tear)

    def admission_fails_upstream(self, letter: str, text: str, *, in_place: bool = False) -> None:
        """A ResvErr of the previous hop says that it has no room for this."""
        style, flows = read(text)
        hop = Hop(self.neighbour(letter, letter.upper()), 90 + self._numbers[letter])
        flags = ErrorFlag.IN_PLACE if in_place else ErrorFlag(0)
        error = ErrorSpec(hop.address, ErrorCode.ADMISSION_CONTROL_FAILURE, 2, flags)
        message = ResvErr(SESSION, hop, error, style, flows, send_ttl=255)
        self._arrives(letter, hop.address, self._own(letter), 255, message)

    def sends(self, letter: str) -> str:
        """The Resv that the previous hop on this interface was sent last."""
        return show(self._last_resv(letter))

    def scope(self, letter: str) -> str:
        """The SCOPE in it."""
        return show_scope(self._last_resv(letter).scope)

    def _last_resv(self, letter: str) -> Resv:
        sent = self._sent.get(self.neighbour(letter, letter.upper()), [])
        return next(message for message in reversed(sent) if isinstance(message, Resv))

    def news(self, letter: str, name: str | None = None) -> list[str]:
        """What a neighbour (None: the previous hop) was sent since it was last asked for."""
        sent = self._sent.pop(self.neighbour(letter, name or letter.upper()), [])
        return [
            f"{message.type.name} {show(message)}"
            for message in sent
            if isinstance(message, Resv | ResvTear | ResvErr)
        ]

    def quiet(self) -> None:
        """Forget what has been sent so far."""
        self._sent.clear()

    def silence(self) -> bool:
        """Whether nothing has been sent."""
        return not self._sent

    def reserves(self, letter: str) -> list[str]:
        """What the data plane holds for an outgoing interface."""
        held = self._target.held(self._numbers[letter])
        return sorted(show_reservation(e.style, e.plan, e.selectors) for e in held)

    def wait(self, wait_ms: int) -> None:
        """Let time pass, with whatever comes due."""
        until_ns = self._now_ns + wait_ms * 1_000_000
        while (due_ns := self._node.deadline()) is not None and due_ns <= until_ns:
            self._now_ns = max(self._now_ns, due_ns)
            self.happens(Tick())
        self._now_ns = until_ns

    def goes_down(self, letter: str) -> None:
        """An interface goes down."""
        self.happens(InterfaceChanged(self._numbers[letter], None))

    def comes_up(self, letter: str) -> None:
        """It comes back as it was."""
        self.happens(InterfaceChanged(self._numbers[letter], self._config(letter)))

    def _config(self, letter: str) -> InterfaceConfig:
        return InterfaceConfig(self._numbers[letter], letter, (self._own(letter),), ETHERNET)

    def hold_answers(self) -> None:
        """The data plane takes its time from now on."""
        self._unanswered = []

    def answer(self, *, refuse: bool = False) -> None:
        """The data plane answers what it has been asked, and all that follows."""
        waiting, self._unanswered = self._unanswered or [], None
        self._target.refusals_due = len(waiting) if refuse else 0
        for program in waiting:
            self.happens(self._target.carry_out(program))

    def happens(self, event: Event) -> None:
        """Something happens to the router; its transactions are carried out at once."""
        for effect in self._node.handle(event, self._now_ns):
            self._see(effect)

    def _see(self, effect: Effect) -> None:
        if isinstance(effect, SendPacket):
            message = decode(effect.data)
            assert isinstance(message, Message)
            self._sent.setdefault(effect.destination, []).append(message)
            hop = getattr(message, "hop", None)
            if isinstance(message, Resv | ResvTear):
                # RFC 2205 3.3: the LIH goes back to the previous hop that gave it.
                assert isinstance(hop, Hop)
                assert hop.lih == self._lihs[effect.destination]
        elif isinstance(effect, Program):
            if self._unanswered is None:
                self.happens(self._target.carry_out(effect))
            else:
                self._unanswered.append(effect)

    def _arrives(
        self, letter: str, source: Address, destination: Address, ttl: int, message: Message
    ) -> None:
        number = self._numbers[letter]
        self.happens(
            PacketIn(number, source, destination, ttl, router_alert=True, data=encode(message))
        )


def figure_4(*, partial: bool = False) -> Router:
    """The router of figures 4 and 8: S1 by (a), S2 and S3 by (b); R1 on (c), R2 and R3 on (d)."""
    router = Router("abcd")
    router.routes("S1", "a", "cd")
    router.routes("S2,S3", "b", "d" if partial else "cd")
    router.quiet()
    return router
