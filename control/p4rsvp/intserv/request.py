"""What a receiver asks for, from what a Path told it (RFC 2210 2.3, RFC 2212, Examples of Use)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from p4rsvp.intserv.advertise import PathView, view
from p4rsvp.intserv.delay import rspec_for_delay
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.intserv import Service

if TYPE_CHECKING:
    from p4rsvp.wire.adspec import Adspec
    from p4rsvp.wire.tspec import Tspec


class Unreachable(Exception):  # noqa: N818 (an answer, not a fault of the program)
    """The path does not offer what the receiver wants; the message says why."""


def controlled_load_request(tspec: Tspec, adspec: Adspec) -> Flowspec:
    """Controlled load for all that the sender sends; raises Unreachable."""
    path = _usable(adspec, Service.CONTROLLED_LOAD)
    return Flowspec(Service.CONTROLLED_LOAD, _fitted(tspec, path))


def guaranteed_request(tspec: Tspec, adspec: Adspec, delay_us: float) -> Flowspec:
    """Guaranteed service with the smallest R that meets an end-to-end delay; raises Unreachable.

    The path's minimum latency is taken off the delay; where the path does not know it, the delay is
    a queueing delay only (RFC 2215 3.4 lets a receiver assume zero).
    """
    path = _usable(adspec, Service.GUARANTEED)
    if path.terms is None:
        raise Unreachable("no hop has said how far it may delay guaranteed traffic")
    fitted = _fitted(tspec, path)
    queueing_us = delay_us - (path.min_latency_us or 0)
    rspec = rspec_for_delay(fitted, path.terms, queueing_us)
    if rspec is None:
        raise Unreachable(f"no rate meets a delay of {delay_us:g} us on this path")
    return Flowspec(Service.GUARANTEED, fitted, rspec)


def _usable(adspec: Adspec, service: Service) -> PathView:
    path = view(adspec, service)
    name = service.name.lower().replace("_", " ")
    if not path.is_offered:
        raise Unreachable(f"the sender does not offer {name} service")
    if path.is_broken:
        raise Unreachable(f"some hop on the path has no {name} service")
    return path


def _fitted(tspec: Tspec, path: PathView) -> Tspec:
    """RFC 2210 2.3.2: M is at most the path's MTU; m must not exceed it."""
    largest = min(tspec.max_packet_bytes, path.mtu_bytes)
    return replace(
        tspec, max_packet_bytes=largest, min_policed_bytes=min(tspec.min_policed_bytes, largest)
    )
