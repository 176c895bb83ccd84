"""RFC 2205's own notation for requests and reservations (its 1.3, and figures 5 to 8).

`WF(*{4B})`, `FF(s1{4B}, s3{B})`, `SE((s1,s3){3B})`: a style, senders, and a flowspec as a multiple
of a base quantity B. Without {..} it is whatever the sender has announced. Senders are flows here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.wire.style import StyleId

_PART = re.compile(
    r"(?P<senders>\*|[a-z][a-z0-9]*|\([a-z][a-z0-9]*(?:,[a-z][a-z0-9]*)*\))"
    r"(?:\{(?P<multiple>[0-9.]*)B\})?(?:,|$)"
)
_NAME = re.compile(r"[a-z][a-z0-9]*")


class NotationError(ValueError):
    """A text is not in this notation; it says why."""


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One pipe: its senders (none: all of the session), and its multiple of B."""

    senders: tuple[str, ...]
    multiple: float | None  # None: as announced

    def __str__(self) -> str:
        who = ",".join(self.senders) or "*"
        size = "" if self.multiple is None else f"{{{_multiple(self.multiple)}B}}"
        return (f"({who})" if len(self.senders) > 1 else who) + size


@dataclass(frozen=True, slots=True)
class Request:
    """A style and its pipes, in the order of their senders."""

    style: StyleId
    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return f"{self.style.name}({', '.join(map(str, self.parts))})"

    @property
    def senders(self) -> tuple[str, ...]:
        """All flows that it names."""
        return tuple(name for part in self.parts for name in part.senders)

    def is_met_by(self, held: Request | None) -> bool:
        """Whether a reservation is this; a size that is not said may be any."""
        if held is None or (held.style, len(held.parts)) != (self.style, len(self.parts)):
            return False
        return all(
            wanted.senders == found.senders and wanted.multiple in {None, found.multiple}
            for wanted, found in zip(self.parts, held.parts, strict=True)
        )


def read_request(text: str) -> Request:
    """Read `FF(s1{4B}, s3{B})`."""
    dense = text.replace(" ", "")
    style = dense[:2]
    if style not in StyleId.__members__ or dense[2:3] != "(" or dense[-1:] != ")":
        raise NotationError(f"{text!r} is not WF(..), FF(..) or SE(..)")
    inside = dense[3:-1]
    parts: list[Part] = []
    at = 0
    while at < len(inside):
        found = _PART.match(inside, at)
        if found is None:
            raise NotationError(
                f"{text!r}: cannot read {inside[at:]!r}; write FF(s1{{4B}}, s3{{B}})"
            )
        parts.append(_part(found))
        at = found.end()
    request = Request(StyleId[style], tuple(sorted(parts)))
    _check(text, request)
    return request


def _part(found: re.Match[str]) -> Part:
    multiple = found["multiple"]
    size = None if multiple is None else float(multiple or 1)
    return Part(tuple(sorted(_NAME.findall(found["senders"]))), size)


def _check(text: str, request: Request) -> None:
    """RFC 2205 3.1.4's rules about how many senders and flowspecs a style takes."""
    counts = [len(part.senders) for part in request.parts]
    sound = {
        StyleId.WF: counts == [0],
        StyleId.FF: bool(counts) and all(count == 1 for count in counts),
        StyleId.SE: len(counts) == 1 and counts[0] > 0,
    }
    if not sound[request.style]:
        raise NotationError(
            f"{text!r}: WF takes *, FF a flowspec for each sender, SE one for all its senders"
        )


def held(
    states: Iterable[pb.ReservationState], names: Mapping[str, str], base_bytes_per_s: float
) -> Request | None:
    """What a router reserves for one session on one interface; names: from senders to flows."""
    # What is on its way out of the switch has no style any more.
    installed = [one for one in states if one.status == one.STATUS_INSTALLED and one.style]
    if not installed:
        return None
    parts = (
        Part(
            tuple(sorted(names.get(sender, sender) for sender in state.senders)),
            round(state.token_rate_bytes_per_s / base_bytes_per_s, 3),
        )
        for state in installed
    )
    return Request(StyleId[installed[0].style], tuple(sorted(parts)))


def _multiple(multiple: float) -> str:
    return "" if multiple == 1 else f"{multiple:g}"
