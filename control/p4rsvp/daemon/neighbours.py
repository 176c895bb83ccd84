"""Who is on our links, and at which link address: pure, with the time as an argument.

Somebody new is asked for every `RETRY_NS`, `TRIES` times; packets for them wait meanwhile, a few
for each. Since the switch forwards without us, nobody notices that a neighbour has gone but by
asking again: everyone known is asked every `KEEP_NS`, by their link address, and forgotten when
they do not answer. RFC 826, RFC 1122 2.3.2; RFC 4861 7.2 and 7.3, with fewer states.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from p4rsvp.wire.address import Address

SECOND_NS = 1_000_000_000
RETRY_NS = SECOND_NS
TRIES = 3
KEEP_NS = 30 * SECOND_NS
WAITING_PACKETS = 16  # for one neighbour; the oldest goes
NEIGHBOURS = 8192  # known and asked for


class Neighbour(NamedTuple):
    """Somebody on a link."""

    interface: int
    address: Address


class Ask(NamedTuple):
    """Send a request; `mac` None: to all on the link."""

    neighbour: Neighbour
    mac: bytes | None


class Found(NamedTuple):
    """A neighbour is there, or has another link address; these packets waited for it."""

    neighbour: Neighbour
    mac: bytes
    waiting: tuple[bytes, ...]


class Lost(NamedTuple):
    """A neighbour does not answer."""

    neighbour: Neighbour
    was_known: bool


Action: TypeAlias = Ask | Found | Lost


@dataclass(slots=True)
class _Entry:
    mac: bytes | None = None
    tries: int = 0  # requests since the last answer
    due_ns: int = 0
    waiting: deque[bytes] = field(default_factory=lambda: deque(maxlen=WAITING_PACKETS))


class Neighbours:
    """All neighbours of a router."""

    def __init__(self) -> None:
        self._entries: dict[Neighbour, _Entry] = {}
        self._due: list[tuple[int, Neighbour]] = []  # a heap; what is out of date is skipped

    def mac(self, neighbour: Neighbour) -> bytes | None:
        """The link address of a neighbour, if known."""
        entry = self._entries.get(neighbour)
        return None if entry is None else entry.mac

    def known(self) -> Iterator[tuple[Neighbour, bytes]]:
        """All whose link address is known."""
        return ((one, entry.mac) for one, entry in self._entries.items() if entry.mac)

    def wait(self, neighbour: Neighbour, packet: bytes | None, now_ns: int) -> list[Action]:
        """Look for a neighbour; a packet waits until it is found."""
        entry = self._entries.get(neighbour)
        actions: list[Action] = []
        if entry is None:
            if len(self._entries) >= NEIGHBOURS:
                return []
            entry = self._entries[neighbour] = _Entry()
            actions += self._ask(neighbour, entry, now_ns)
        if packet is not None:
            entry.waiting.append(packet)
        return actions

    def heard(self, neighbour: Neighbour, mac: bytes, now_ns: int) -> list[Action]:
        """A neighbour has told its link address."""
        entry = self._entries.get(neighbour)
        if entry is None:
            if len(self._entries) >= NEIGHBOURS:
                return []
            entry = self._entries[neighbour] = _Entry()
        is_news = entry.mac != mac
        entry.mac, entry.tries = mac, 0
        self._set(neighbour, entry, now_ns + KEEP_NS)
        waiting = tuple(entry.waiting)
        entry.waiting.clear()
        return [Found(neighbour, mac, waiting)] if is_news or waiting else []

    def give_up(self, interface: int) -> list[Action]:
        """A link has gone, and all who were on it."""
        gone = [one for one in self._entries if one.interface == interface]
        return [Lost(one, self._entries.pop(one).mac is not None) for one in gone]

    def deadline(self) -> int | None:
        """When `tick` is due."""
        while self._due and self._is_stale(*self._due[0]):
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None

    def tick(self, now_ns: int) -> list[Action]:
        """Ask again, or give up."""
        actions: list[Action] = []
        while (due_ns := self.deadline()) is not None and due_ns <= now_ns:
            _, neighbour = heapq.heappop(self._due)
            entry = self._entries[neighbour]
            if entry.tries < TRIES:
                actions += self._ask(neighbour, entry, now_ns)
            else:
                del self._entries[neighbour]
                actions.append(Lost(neighbour, entry.mac is not None))
        return actions

    def _ask(self, neighbour: Neighbour, entry: _Entry, now_ns: int) -> list[Action]:
        entry.tries += 1
        self._set(neighbour, entry, now_ns + RETRY_NS)
        return [Ask(neighbour, entry.mac)]

    def _set(self, neighbour: Neighbour, entry: _Entry, due_ns: int) -> None:
        entry.due_ns = due_ns
        heapq.heappush(self._due, (due_ns, neighbour))

    def _is_stale(self, due_ns: int, neighbour: Neighbour) -> bool:
        entry = self._entries.get(neighbour)
        return entry is None or entry.due_ns != due_ns
