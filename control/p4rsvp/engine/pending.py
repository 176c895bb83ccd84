"""Messages that wait for a decision made elsewhere (RFC 2205 2.7, RFC 3182 6.2).

A Path or Resv on which policy has a question is held back, and is looked at again as if it came now
when the answer does. Its refreshes ask nothing again: the latest takes its place. What asks for
something else in its place asks anew, and the old answer is for nobody. Tears take it away. Whoever
carries effects out answers each question once; how many may wait is limited.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple, TypeAlias

from p4rsvp.engine.events import PacketIn
from p4rsvp.wire.filter_spec import FilterSpec, Selector
from p4rsvp.wire.messages import AnySession, Path, PathTear, Resv, ResvTear
from p4rsvp.wire.objects import WireObject

MOST_PENDING = 10_000
MOST_PENDING_BYTES = 1 << 24  # of packets

# The type of the message, its hop, and what it is about: its sender, or those that it names.
_Key: TypeAlias = tuple[type, WireObject, frozenset[Selector] | WireObject]


class Held(NamedTuple):
    """A message that waits."""

    query: int
    question: Hashable
    interface: int
    packet: PacketIn  # that it came in
    message: Path | Resv


class Pending:
    """Those of a node."""

    def __init__(self) -> None:
        self._held: dict[AnySession, dict[_Key, Held]] = {}
        self._places: dict[int, tuple[AnySession, _Key]] = {}  # by query
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._places)

    @property
    def is_full(self) -> bool:
        """Whether no more may wait."""
        return len(self._places) >= MOST_PENDING or self._bytes >= MOST_PENDING_BYTES

    def waits(self, held: Held) -> bool:
        """Whether the same question of the same asker waits already: then this message does."""
        known = self._held.get(held.message.session, {}).get(_key(held.message))
        if known is None or known.question != held.question:
            return False
        self.hold(held._replace(query=known.query))
        return True

    def hold(self, held: Held) -> None:
        """Let a message wait, in the place of what its sender asked before."""
        session, key = held.message.session, _key(held.message)
        self._drop(session, key)
        self._held.setdefault(session, {})[key] = held
        self._places[held.query] = session, key
        self._bytes += len(held.packet.data)

    def take(self, query: int) -> Held | None:
        """The message that waits for this answer, if it still does."""
        place = self._places.get(query)
        return None if place is None else self._drop(*place)

    def torn(self, tear: PathTear | ResvTear) -> None:
        """What a tear would end must not begin after it."""
        for key in list(self._held.get(tear.session, {})):
            kind, hop, about = key
            if hop != tear.hop:
                continue
            if isinstance(tear, PathTear):
                is_meant = kind is Path and about == tear.template
            else:
                is_meant = kind is Resv and _meets(about, _named(tear))
            if is_meant:
                self._drop(tear.session, key)

    def _drop(self, session: AnySession, key: _Key) -> Held | None:
        held = self._held.get(session, {}).pop(key, None)
        if held is None:
            return None
        del self._places[held.query]
        self._bytes -= len(held.packet.data)
        if not self._held[session]:
            del self._held[session]
        return held


def _key(message: Path | Resv) -> _Key:
    if isinstance(message, Path):
        return Path, message.hop, message.template
    return Resv, message.hop, _named(message)


def _named(message: Resv | ResvTear) -> frozenset[Selector]:
    return frozenset(
        item.selector
        for flow in message.flows
        for item in flow.filters
        if isinstance(item, FilterSpec)
    )


def _meets(held: frozenset[Selector] | WireObject, torn: frozenset[Selector]) -> bool:
    """Whether a tear for these senders concerns a request for those; none are all of them."""
    return not held or not torn or bool(isinstance(held, frozenset) and held & torn)
