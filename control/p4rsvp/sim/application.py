"""Applications on simulated hosts: they send, they reserve, and hear what becomes of it.

One application takes part in one session on one host. What it wants now is kept here, since the
oracle asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from p4rsvp.engine.effects import Upcall, UpcallKind
from p4rsvp.engine.events import ApiRelease, ApiReserve, ApiSender, ApiSession
from p4rsvp.sim.machine import Machine
from p4rsvp.sim.network import Network
from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.filter_spec import Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.messages import Policy
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import WF, Style
from p4rsvp.wire.tspec import Tspec


@dataclass(frozen=True, slots=True)
class Sending:
    """What an application announces."""

    selector: Selector
    tspec: Tspec
    adspec: Adspec | None = None


@dataclass(frozen=True, slots=True)
class Reserving:
    """What an application has asked for."""

    style: Style
    flows: tuple[FlowDescriptor, ...]


class Application:
    """One program on one host."""

    def __init__(
        self, network: Network, host: str, number: int, session: Session | GpiSession
    ) -> None:
        self.network = network
        self.host = host
        self.number = number
        self.session = session
        self.sending: Sending | None = None
        self.reserving: Reserving | None = None
        self.is_listening = False
        self.policy: Policy = ()  # what its requests say of themselves
        self._opened_in_life = 0

    @property
    def machine(self) -> Machine:
        """The host."""
        return self.network.machines[self.host]

    @property
    def address(self) -> Address:
        """The host's address of the session's family."""
        return self.network.topology.address(self.host, self.session.destination.version)

    @property
    def is_open(self) -> bool:
        """Whether it has a session with its host's node."""
        return self._opened_in_life == self.machine.life

    def send(self, selector: Selector, tspec: Tspec, adspec: Adspec | None = None) -> None:
        """Announce a flow, or announce it otherwise."""
        self.sending = Sending(selector, tspec, adspec)
        if self.session.destination.is_multicast:
            self.network.send_to(self.session.destination, selector.source)
        self._open()
        self._say(ApiSender(self.number, selector, tspec, adspec))

    def stop_sending(self) -> None:
        """Withdraw the flow."""
        if self.sending is not None:
            self._say(ApiSender(self.number, self.sending.selector, None))
            self.sending = None

    def listen(self) -> None:
        """Take part as a receiver; for a group, join it."""
        self.is_listening = True
        if self.session.destination.is_multicast:
            self.network.join(self.session.destination, self.host)
        self._open()

    def reserve(self, style: Style, *flows: FlowDescriptor, confirm: bool = False) -> None:
        """Ask for this and nothing else."""
        self.reserving = Reserving(style, flows)
        self._say(ApiReserve(self.number, style, flows, self.address, confirm, self.policy))

    def release_reservation(self) -> None:
        """Ask for nothing any more."""
        style = WF if self.reserving is None else self.reserving.style
        self.reserving = None
        self._say(ApiReserve(self.number, style, ()))

    def close(self) -> None:
        """Leave, with everything torn down."""
        self._say(ApiRelease(self.number))
        self.forget()

    def forget(self) -> None:
        """Be gone: the host has vanished, or the program has ended."""
        self.sending = self.reserving = None
        self._opened_in_life = 0
        self.is_listening = False

    def insist(self) -> None:
        """Ask again for what is wanted: the host's node has restarted, or its port was down."""
        sending, reserving = self.sending, self.reserving
        if sending is None and not self.is_listening:
            return
        self._open()
        if sending is not None:
            self._say(ApiSender(self.number, sending.selector, sending.tspec, sending.adspec))
        if reserving is not None:
            style, flows = reserving.style, reserving.flows
            self._say(
                ApiReserve(self.number, style, flows, self.address, policy=self.policy),
            )

    def heard(self, kind: UpcallKind) -> list[Upcall]:
        """The upcalls of this kind so far."""
        return [
            upcall
            for _, upcall in self.machine.upcalls
            if upcall.app == self.number and upcall.kind is kind
        ]

    def _open(self) -> None:
        if not self.is_open:
            self._opened_in_life = self.machine.life
            self._say(ApiSession(self.number, self.session))

    def _say(self, event: ApiSession | ApiSender | ApiReserve | ApiRelease) -> None:
        self.network.happens(self.machine, event)
