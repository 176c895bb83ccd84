"""The answer to a diagnosis, put together from its parts (RFC 2745 4.3, 6), and in words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from p4rsvp.host.happenings import flowspec_text
from p4rsvp.wire.diagnostics import DiagError, DiagResponse
from p4rsvp.wire.extensions import Drep
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.style import Style
from p4rsvp.wire.text.units import rate
from p4rsvp.wire.tspec import SenderTspec


@dataclass(slots=True)
class Parts:
    """The DREPs of one question, in whatever order and number they come."""

    are_complete: asyncio.Event = field(default_factory=asyncio.Event)
    _parts: dict[int, Drep] = field(default_factory=dict)  # by fragment offset

    def take(self, part: Drep) -> None:
        """One more."""
        self._parts[part.diagnostic.fragment_offset_bytes] = part
        if self._reaches_the_end():
            self.are_complete.set()

    @property
    def responses(self) -> tuple[DiagResponse, ...]:
        """What there is so far, from the last hop on."""
        parts = (self._parts[offset] for offset in sorted(self._parts))
        return tuple(response for part in parts for response in part.responses)

    def _reaches_the_end(self) -> bool:
        offset_bytes = 0
        while offset_bytes in self._parts:
            part = self._parts[offset_bytes]
            if not part.diagnostic.more_fragments:
                return True
            offset_bytes += sum(len(one.encode()) for one in part.responses)
        return False


class Line(NamedTuple):
    """One node, for people."""

    node: str
    previous_hop: str
    sends: str
    reserved: str
    style: str
    remarks: str


def lines(responses: Iterable[DiagResponse]) -> list[Line]:
    """What each node holds."""
    return list(map(_line, responses))


_ERRORS = {
    DiagError.NO_PATH_STATE: "no path state here",
    DiagError.PACKET_TOO_BIG: "answer in parts from here",
    DiagError.ROUTE_TOO_BIG: "route cut here",
}


def _line(response: DiagResponse) -> Line:
    remarks = [text for bit, text in _ERRORS.items() if response.error & bit]
    if response.ip_hops:
        remarks.append(f"{response.ip_hops} routers without RSVP before it")
    if response.merged:
        remarks.append("merged with other branches")
    if response.refresh_period_s:
        remarks.append(f"R {response.refresh_period_s} s, K {response.refresh_multiple}")
    sends = reserved = style = "-"
    for item in response.objects:
        if isinstance(item, SenderTspec):
            sends = rate(item.tspec.token_rate_bytes_per_s)
        elif isinstance(item, Flowspec):
            reserved = flowspec_text(item)
        elif isinstance(item, Style) and item.id is not None:
            style = item.id.name
    known = [one for one in (response.incoming, response.outgoing) if not one.is_unspecified]
    previous = response.previous_hop
    return Line(
        " ".join(dict.fromkeys(map(str, known))) or "?",
        "-" if previous.is_unspecified else str(previous),
        sends,
        reserved,
        style,
        "; ".join(remarks),
    )
