"""How long state lives: one `Lifetime` for each message that keeps some of it alive (RFC 2205 3.7).

All state that one Path or Resv set or refreshed shares a lifetime, so that a repetition of that
very message has one thing to extend. The refresh filter in front of a node (fast/front.py) does
that without the engine: it knows lifetimes by their slots, is told through `forgotten` which
messages it must forget, and is asked by `extended_to` when the engine's own timer comes due, or
before it forgets a message some of whose state lives on.
Without a filter, every message is handled here and gets a lifetime of its own.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable

from p4rsvp.engine.timers import NEVER, Timers


class Lifetime:
    """One message's hold on state of one session, in which its end is to be looked for."""

    __slots__ = ("due_ns", "lifetime_ns", "session", "slot")

    def __init__(self, slot: int, session: object, lifetime_ns: int) -> None:
        self.slot = slot  # a small number, for flat arrays
        self.session = session
        self.lifetime_ns = lifetime_ns
        self.due_ns = NEVER


def _never(_: int) -> int:
    return NEVER


class Lifetimes:
    """The lifetimes of a node."""

    def __init__(self, timers: Timers) -> None:
        # Slots whose message, if it came again, would be more than a repetition.
        # A dict for its order; the filter's word on a slot does not count once it is in here.
        self.forgotten: dict[int, None] = {}
        # Until when repetitions have extended a slot, as far as the filter knows.
        self.extended_to: Callable[[int], int] = _never
        self._timers = timers
        self._free: list[int] = []
        self._uses = array("I")  # of each slot: how many states live by it

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._uses) - len(self._free)

    @property
    def slots(self) -> int:
        """Below which all their slots are."""
        return len(self._uses)

    def start(self, session: object, now_ns: int, lifetime_ns: int) -> Lifetime:
        """Give a message its hold on the state of `session`."""
        if self._free:
            slot = self._free.pop()
        else:
            slot = len(self._uses)
            self._uses.append(0)
        lifetime = Lifetime(slot, session, lifetime_ns)
        self._timers.set(lifetime, now_ns + lifetime_ns)
        return lifetime

    def is_over(self, lifetime: Lifetime, now_ns: int) -> bool:
        """Whether nothing has extended a lifetime that has come due; else it sleeps on."""
        until_ns = self.extended_to(lifetime.slot)
        if until_ns <= now_ns:
            return True
        self._timers.set(lifetime, until_ns)
        return False

    def is_used(self, lifetime: Lifetime) -> bool:
        """Whether any state lives by it."""
        return self._uses[lifetime.slot] > 0

    def hold(self, lifetime: Lifetime) -> Lifetime:
        """One more state lives by it."""
        self._uses[lifetime.slot] += 1
        return lifetime

    def drop(self, lifetime: Lifetime) -> None:
        """One state less lives by it."""
        self.let_go(lifetime)
        if self.is_used(lifetime):
            self.forget(lifetime)
        else:
            self.forgotten[lifetime.slot] = None

    def let_go(self, lifetime: Lifetime) -> None:
        """End a hold on it; its message, if it came again, would still be a repetition."""
        self._uses[lifetime.slot] -= 1
        if not self.is_used(lifetime):
            self._release(lifetime)

    def forget(self, lifetime: Lifetime) -> None:
        """Let a repetition of its message be looked at in full; what it holds lives as long."""
        slot = lifetime.slot
        if slot in self.forgotten:
            return
        until_ns = self.extended_to(slot)
        if NEVER < lifetime.due_ns < until_ns:  # or it has come due, and is ending
            self._timers.set(lifetime, until_ns)
        self.forgotten[slot] = None

    def _release(self, lifetime: Lifetime) -> None:
        self._timers.cancel(lifetime)
        self._free.append(lifetime.slot)
