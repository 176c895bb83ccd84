"""The messages that benches measure with: what a router sees, 100 to 400 bytes each.

Paths with an ADSPEC (RFC 2210 3.3), Resvs in every style with either service, and tears; most of
them IPv4, some IPv6. Drawn from a seed, so that every run has the same ones.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import (
    Adspec,
    ControlledLoadFragment,
    ErrorTerms,
    GeneralFragment,
    GuaranteedFragment,
)
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.messages import Path, PathTear, Resv, ResvTear
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import Scope, Style, StyleId
from p4rsvp.wire.tspec import SenderTspec, Tspec

if TYPE_CHECKING:
    from p4rsvp.wire.messages import Message

_UDP = 17
_REFRESH_PERIOD_MS = 30_000
_ETHERNET_MTU_BYTES = 1500


def message_mix(count: int, seed: int = 2205) -> list[Message]:
    """Draw messages: 40 of 100 are Paths, 45 are Resvs, the others tears."""
    draw = _Draw(Random(seed))  # noqa: S311  # the same messages in every run, and no secret
    kinds = draw.random.choices(
        [draw.path, draw.resv_wf, draw.resv_ff, draw.resv_se, draw.path_tear, draw.resv_tear],
        weights=[40, 15, 15, 15, 8, 7],
        k=count,
    )
    return [kind() for kind in kinds]


class _Draw:
    """One method a kind of message."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.address_bytes = 4

    def path(self) -> Path:
        return Path(
            send_ttl=63,
            session=self.session(),
            hop=self.hop(),
            time_values=TimeValues(_REFRESH_PERIOD_MS),
            template=SenderTemplate(self.sender()),
            tspec=SenderTspec(self.tspec()),
            adspec=self.adspec(),
        )

    def path_tear(self) -> PathTear:
        return PathTear(
            send_ttl=63,
            session=self.session(),
            hop=self.hop(),
            template=SenderTemplate(self.sender()),
            tspec=SenderTspec(self.tspec()),
            adspec=self.adspec(),
        )

    def resv_wf(self) -> Resv:
        session = self.session()
        senders = sorted(self.address() for _ in range(self.random.randint(5, 9)))
        flows = (FlowDescriptor(self.flowspec()),)
        return self.resv(session, StyleId.WF, flows, Scope(tuple(senders)))

    def resv_ff(self) -> Resv:
        session = self.session()
        flows = tuple(
            FlowDescriptor(self.flowspec(), (FilterSpec(self.sender()),))
            for _ in range(self.random.randint(2, 4))
        )
        return self.resv(session, StyleId.FF, flows)

    def resv_se(self) -> Resv:
        session = self.session()
        flows = (FlowDescriptor(self.flowspec(), self.filters(2, 11)),)
        return self.resv(session, StyleId.SE, flows)

    def resv(
        self,
        session: Session,
        style: StyleId,
        flows: tuple[FlowDescriptor, ...],
        scope: Scope | None = None,
    ) -> Resv:
        return Resv(
            send_ttl=63,
            session=session,
            hop=self.hop(),
            time_values=TimeValues(_REFRESH_PERIOD_MS),
            style=Style(style),
            flows=flows,
            scope=scope,
        )

    def resv_tear(self) -> ResvTear:
        return ResvTear(
            send_ttl=63,
            session=self.session(),
            hop=self.hop(),
            style=Style(StyleId.SE),
            flows=(FlowDescriptor(None, self.filters(5, 9)),),
        )

    def session(self) -> Session:
        """Start a message: its session decides about the address family of the rest."""
        self.address_bytes = self.random.choices([4, 16], weights=[4, 1])[0]
        return Session(self.address(), _UDP, self.port())

    def address(self) -> Address:
        return Address(b"\x20" + self.random.randbytes(self.address_bytes - 1))

    def port(self) -> int:
        return self.random.randint(1024, 65535)

    def sender(self) -> PortSelector:
        return PortSelector(self.address(), self.port())

    def filters(self, fewest: int, most: int) -> tuple[FilterSpec, ...]:
        return tuple(FilterSpec(self.sender()) for _ in range(self.random.randint(fewest, most)))

    def hop(self) -> Hop:
        return Hop(self.address(), self.random.randint(1, 64))

    def tspec(self) -> Tspec:
        rate = float(self.random.randint(8, 8000) * 1000)
        return Tspec(rate, 3000.0, 2 * rate, 64, _ETHERNET_MTU_BYTES)

    def flowspec(self) -> Flowspec:
        tspec = self.tspec()
        if self.random.random() < 0.5:
            return Flowspec(Service.CONTROLLED_LOAD, tspec)
        return Flowspec(Service.GUARANTEED, tspec, Rspec(tspec.token_rate_bytes_per_s, 0))

    def adspec(self) -> Adspec:
        return Adspec(
            GeneralFragment(self.random.randint(1, 9), 1.25e8, 250, _ETHERNET_MTU_BYTES),
            GuaranteedFragment(ErrorTerms(1500, 12, 1500, 12)),
            ControlledLoadFragment(),
        )
