"""From what a programmer says to what RSVP asks for: Tspecs, flowspecs, senders. Pure.

Defaults, where nothing is said: b is what r carries in 20 ms, but two packets of maximum size at
least; p is unknown, hence infinite; m is what r carries in 1 ms, 64 bytes at least
(intserv/tspec.py says why); M is the path's MTU as far as it is known (RFC 2210 2.3.1: no larger
one may be reserved).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf
from typing import NamedTuple

from p4rsvp.host.rates import rate_bytes_per_s, size_bytes
from p4rsvp.intserv.advertise import OPEN_PATH, distortion, view
from p4rsvp.intserv.delay import rspec_for_delay
from p4rsvp.intserv.single import single_up
from p4rsvp.intserv.tspec import least_common, usual_min_policed_bytes
from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import Adspec, OpaqueFragment
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import FF, WF, Style, StyleId
from p4rsvp.wire.tspec import NullTspec, Tspec

BURST_S = 0.02
# The ADSPEC of a sender that wants the Null Service, and no other (RFC 2997).
OPEN_NULL_PATH = Adspec(OPEN_PATH.general, others=(OpaqueFragment(Service.NULL, False, b""),))  # noqa: FBT003 (its break bit)
PROTOCOLS = {"tcp": 6, "udp": 17}


class Impossible(ValueError):  # noqa: N818 (as `Refused` in intserv: a finding, no mishap)
    """What is wanted cannot be had on this path; the text says why."""


def tspec_of(
    rate: str | float | Tspec,
    mtu_bytes: int,
    *,
    bucket: str | float | None = None,
    peak: str | float | None = None,
    packet: str | float | None = None,
) -> Tspec:
    """A token bucket of a rate, with what nothing is said about filled in; `packet` is m."""
    if isinstance(rate, Tspec):
        return rate
    r = single_up(rate_bytes_per_s(rate))
    b = max(2 * mtu_bytes, r * BURST_S) if bucket is None else size_bytes(bucket)
    p = inf if peak is None else single_up(rate_bytes_per_s(peak))
    usual = usual_min_policed_bytes(r, mtu_bytes)
    m = usual if packet is None else min(int(size_bytes(packet)), mtu_bytes)
    return Tspec(r, single_up(b), p, m, mtu_bytes)


def endpoint(text: str) -> tuple[Address, int]:
    """`192.0.2.1:5004` or `[2001:db8::1]:5004`; without a port, 0. Raises ValueError."""
    host, port = text, ""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    if port and not (port.isascii() and port.isdigit() and int(port) < 1 << 16):
        raise ValueError(f"{text!r}: {port!r} is no port")
    try:
        return Address.parse(host), int(port or 0)
    except ValueError as error:
        raise ValueError(f"{text!r} is not ADDRESS:PORT, nor [ADDRESS]:PORT: {error}") from error


def session_of(destination: str, protocol: str | int = "udp") -> Session:
    """The SESSION of data to a destination; raises ValueError."""
    number = PROTOCOLS.get(protocol.lower()) if isinstance(protocol, str) else protocol
    if number is None:
        raise ValueError(f"protocol {protocol!r} is none of {', '.join(PROTOCOLS)}, nor a number")
    address, port = endpoint(destination)
    return Session(address, number, port)


def sender_of(text: str) -> PortSelector:
    """A sender as people write it."""
    return PortSelector(*endpoint(text))


class Announced(NamedTuple):
    """What a Path has said of a sender."""

    tspec: Tspec | None
    adspec: Adspec | None

    def mtu_bytes(self, service: Service) -> int | None:
        """The path's MTU for a service, if it is known."""
        return None if self.adspec is None else view(self.adspec, service).mtu_bytes


@dataclass(frozen=True, slots=True)
class Wish:
    """What a receiver wants, whoever sends: each Path may make more of a reservation of it."""

    style: Style
    service: Service = Service.CONTROLLED_LOAD
    tspec: Tspec | None = None  # None: as the senders announce
    rate_bytes_per_s: float | None = None  # R of guaranteed service; None: r
    delay_us: float | None = None  # or the bound on queueing that R is to keep,
    latency_us: float | None = None  # and that on the whole way
    senders: tuple[Selector, ...] | None = None  # None: whoever is announced
    senders_max: int | None = None  # of whom not more than so many, the first to come (SE, FF)

    def flows(self, announced: dict[Selector, Announced]) -> tuple[FlowDescriptor, ...]:
        """The flow descriptors that follow; none as long as too little is known."""
        chosen = self._chosen(announced)
        if self.style.id is StyleId.WF:
            flowspec = self._flowspec(announced.values())
            return () if flowspec is None else (FlowDescriptor(flowspec),)
        if self.style.id is StyleId.SE:
            flowspec = self._flowspec(announced[one] for one in chosen if one in announced)
            filters = tuple(FilterSpec(one) for one in chosen)
            return (FlowDescriptor(flowspec, filters),) if flowspec and filters else ()
        flows = []
        for one in chosen:
            flowspec = self._flowspec([announced[one]] if one in announced else [])
            if flowspec is not None:
                flows.append(FlowDescriptor(flowspec, (FilterSpec(one),)))
        return tuple(flows)

    def _chosen(self, announced: dict[Selector, Announced]) -> tuple[Selector, ...]:
        senders = tuple(announced) if self.senders is None else self.senders
        return senders[: self.senders_max]

    def _flowspec(self, announced: Iterable[Announced]) -> Flowspec | None:
        paths = list(announced)
        if self.service is Service.NULL:
            return self._null_flowspec(paths)
        tspec = self.tspec or _any_of(paths)
        if tspec is None:
            if paths and all(isinstance(one.tspec, NullTspec) for one in paths):
                raise Impossible("the sender says of its traffic nothing to reserve: Null Service")
            return None
        mtus = [one.mtu_bytes(self.service) for one in paths]
        largest = min([tspec.max_packet_bytes, *(one for one in mtus if one is not None)])
        smallest = min(tspec.min_policed_bytes, largest)
        tspec = replace(tspec, max_packet_bytes=largest, min_policed_bytes=smallest)
        if self.service is not Service.GUARANTEED:
            return Flowspec(self.service, tspec)
        rspec = self._rspec(tspec, paths)
        return None if rspec is None else Flowspec(self.service, tspec, rspec)

    def _null_flowspec(self, paths: list[Announced]) -> Flowspec | None:
        """RFC 2997: only the size of the largest packet is told."""
        said = [self.tspec, *(one.tspec for one in paths)]
        sizes = [one.max_packet_bytes for one in said if one is not None]
        mtus = [one.mtu_bytes(Service.NULL) for one in paths]
        sizes += [mtu for mtu in mtus if mtu is not None]
        return Flowspec(Service.NULL, NullTspec.of(min(sizes))) if sizes else None

    def _rspec(self, tspec: Tspec, paths: list[Announced]) -> Rspec | None:
        if self.delay_us is None and self.latency_us is None:
            rate = self.rate_bytes_per_s or tspec.token_rate_bytes_per_s
            return Rspec(max(rate, tspec.token_rate_bytes_per_s), 0)
        if not any(one.adspec for one in paths):
            return None  # until a Path tells how far the network may lag
        terms = distortion(one.adspec for one in paths)
        delay_us = self._queueing_us(paths)
        rspec = rspec_for_delay(tspec, terms, delay_us)
        if rspec is None:
            raise Impossible(
                f"no rate keeps the queueing delay below {delay_us / 1000:g} ms: the path "
                f"itself may lag by {terms.d_tot_us / 1000:g} ms"
            )
        return rspec

    def _queueing_us(self, paths: list[Announced]) -> float:
        """What is left for queues when the longest of the paths has had its least (RFC 2215 3.4).

        A path that does not know its latency counts as having none.
        """
        if self.latency_us is None:
            assert self.delay_us is not None, "one of both bounds is there"
            return self.delay_us
        views = [view(one.adspec, self.service) for one in paths if one.adspec is not None]
        least_us = max((one.min_latency_us or 0 for one in views), default=0)
        return min(self.latency_us - least_us, inf if self.delay_us is None else self.delay_us)


def _any_of(paths: list[Announced]) -> Tspec | None:
    """What is enough for any one of these senders (RFC 2211 8)."""
    found: Tspec | None = None
    for one in paths:
        if one.tspec is not None and not isinstance(one.tspec, NullTspec):
            found = one.tspec if found is None else least_common(found, one.tspec)
    return found


def usual_style(session: Session | GpiSession) -> Style:
    """WF for a group, whose senders come and go; FF for unicast."""
    return WF if session.destination.is_multicast else FF
