"""How long state lives: one deadline per message that keeps it alive (RFC 2205 3.7).

All state that one Path or Resv set or refreshed shares a `Lifetime`, so that a repetition of that
very message, which changes nothing else, is one write into `deadlines_ns`. The refresh filter makes
that write without the engine (docs/architecture.md); the engine looks at the array when the timer
comes due. Which session a lifetime belongs to is all that is kept: the state that it holds is found
by looking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from p4rsvp.engine.state import SessionState
    from p4rsvp.engine.timers import Timers

_FIRST_SLOTS = 1024
_RELEASED = -1


class Lifetime:
    """One message's hold on state; `slot` is its place in `Lifetimes.deadlines_ns`."""

    __slots__ = ("due_ns", "lifetime_ns", "session", "slot", "uses")

    def __init__(self, slot: int, session: SessionState, lifetime_ns: int) -> None:
        self.slot = slot
        self.session = session
        self.lifetime_ns = lifetime_ns
        self.uses = 0  # how many states it holds
        self.due_ns = -1


class Lifetimes:
    """The lifetimes of a node, with their deadlines in one flat array."""

    def __init__(self, timers: Timers) -> None:
        self.deadlines_ns = np.zeros(_FIRST_SLOTS, np.int64)
        # Slots whose message, if it came again, would be more than a repetition: the refresh
        # filter takes them from here and forgets the message.
        self.forgotten: list[int] = []
        self._timers = timers
        self._free: list[int] = []
        self._used = 0

    def start(self, session: SessionState, now_ns: int, lifetime_ns: int) -> Lifetime:
        """Give a message its hold on the state of `session`."""
        lifetime = Lifetime(self._take_slot(), session, lifetime_ns)
        self.extend(lifetime, now_ns)
        self._timers.set(lifetime, now_ns + lifetime_ns)
        return lifetime

    def extend(self, lifetime: Lifetime, now_ns: int) -> None:
        """Move the deadline; the timer finds out when it comes due."""
        self.deadlines_ns[lifetime.slot] = now_ns + lifetime.lifetime_ns

    def deadline_ns(self, lifetime: Lifetime) -> int:
        """When the state is to end as things stand."""
        return int(self.deadlines_ns[lifetime.slot])

    def hold(self, lifetime: Lifetime) -> Lifetime:
        """One more state lives by it."""
        lifetime.uses += 1
        return lifetime

    def drop(self, lifetime: Lifetime) -> None:
        """One state less lives by it."""
        self.forget(lifetime)
        lifetime.uses -= 1
        if lifetime.uses == 0:
            self._release(lifetime)

    def release_unused(self, lifetime: Lifetime) -> None:
        """Give a lifetime back that holds nothing, unless that has been done."""
        if not lifetime.uses and lifetime.slot != _RELEASED:
            self._release(lifetime)

    def _release(self, lifetime: Lifetime) -> None:
        self._timers.cancel(lifetime)
        self._free.append(lifetime.slot)
        lifetime.slot = _RELEASED

    def forget(self, lifetime: Lifetime) -> None:
        """Let a repetition of its message be looked at in full."""
        self.forgotten.append(lifetime.slot)

    def _take_slot(self) -> int:
        if self._free:
            return self._free.pop()
        if self._used == len(self.deadlines_ns):
            self.deadlines_ns = np.concatenate(
                [self.deadlines_ns, np.zeros_like(self.deadlines_ns)]
            )
        self._used += 1
        return self._used - 1
