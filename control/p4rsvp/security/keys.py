"""Keys (RFC 2747 5): who signs with which, who is believed under which, and from when to when.

A key serves one interface or all of them, and one neighbour or all that are there; the more it
says, the sooner it is chosen. It has two lifetimes: neighbours accept a key before anybody signs
with it and until after nobody does any more, so that keys roll over without a lost message (5.1).
Times are nanoseconds since 1970 on the wall clock. Pure; the file is read in keyfile.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from p4rsvp.engine.config import InterfaceConfig
from p4rsvp.security.algorithms import Algorithm, Mac
from p4rsvp.wire.address import Address

FOREVER_NS = 1 << 63
KEY_ID_BITS = 48  # RFC 2747 2.1


@dataclass(frozen=True, slots=True)
class Lifetime:
    """From `start_ns` on, and before `end_ns` (KeyStartValid and KeyEndValid)."""

    start_ns: int = 0
    end_ns: int = FOREVER_NS

    def __contains__(self, wall_ns: int) -> bool:
        return self.start_ns <= wall_ns < self.end_ns


@dataclass(frozen=True, slots=True)
class Key:
    """One key; what is printed of it holds no secret."""

    id: int
    algorithm: Algorithm
    mac: Mac = field(repr=False)
    interface: str = ""  # its name or its number; empty: any
    neighbour: Address | None = None  # None: any
    sends: Lifetime = Lifetime()
    accepts: Lifetime = Lifetime()

    def serves(self, interface: InterfaceConfig, address: Address | None) -> bool:
        """Whether it is for this interface, and for this neighbour there (None: for any)."""
        return self.interface in {"", interface.name, str(interface.id)} and (
            self.neighbour is None or self.neighbour == address
        )

    def is_same_secret(self, other: Key) -> bool:
        """Whether what one signs verifies with the other."""
        return self.mac.digest(b"") == other.mac.digest(b"")

    @property
    def closeness(self) -> tuple[bool, bool]:
        """How closely it says whom it is for: the larger goes first."""
        return self.neighbour is not None, self.interface != ""


class Keys:
    """All keys of a node, which a reload replaces as a whole."""

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        self.all = tuple(keys)
        self._by_id: defaultdict[int, list[Key]] = defaultdict(list)
        for key in sorted(self.all, key=lambda one: one.closeness, reverse=True):
            self._by_id[key.id].append(key)
        self._at: dict[tuple[int, str], tuple[Key, ...]] = {}

    def find(self, key_id: int, interface: InterfaceConfig, address: Address) -> Key | None:
        """The key that a neighbour means by a key id, whether or not it is valid now."""
        found = self._by_id.get(key_id, ())
        return next((key for key in found if key.serves(interface, address)), None)

    def signing(self, interface: InterfaceConfig, destination: Address, wall_ns: int) -> Key | None:
        """The key to sign a message with.

        Of the closest keys that may be sent with, the one that began last. RFC 2747 5.3: where all
        are over, the last of them goes on, since to go on unsigned would be worse.
        """
        candidates = self._closest(interface, destination)
        valid = [key for key in candidates if wall_ns in key.sends]
        if valid:
            return max(valid, key=lambda key: (key.sends.start_ns, key.id))
        begun = [key for key in candidates if key.sends.start_ns <= wall_ns]
        return max(begun, key=lambda key: (key.sends.end_ns, key.id), default=None)

    def accepts(self, key: Key, wall_ns: int) -> bool:
        """Whether messages are believed under this key now (RFC 2747 5.1, 5.3)."""
        if wall_ns in key.accepts:
            return True
        if wall_ns < key.accepts.start_ns:
            return False
        scope = key.interface, key.neighbour
        others = [one for one in self.all if (one.interface, one.neighbour) == scope]
        return all(
            wall_ns >= one.accepts.end_ns and one.accepts.end_ns <= key.accepts.end_ns
            for one in others
        )

    def _closest(self, interface: InterfaceConfig, destination: Address) -> tuple[Key, ...]:
        """The keys for this neighbour, else those for all of the interface.

        A Path is addressed to its session, not to the neighbour: where an interface has keys for
        one neighbour only, they serve for everything.
        """
        here = self._of(interface)
        named = {key.neighbour for key in here if key.neighbour is not None}
        if destination in named:
            wanted: Address | None = destination
        elif all(key.neighbour is not None for key in here) and len(named) == 1:
            (wanted,) = named
        else:
            wanted = None
        serving = [key for key in here if key.neighbour == wanted]
        closest = max((key.closeness for key in serving), default=None)
        return tuple(key for key in serving if key.closeness == closest)

    def _of(self, interface: InterfaceConfig) -> tuple[Key, ...]:
        place = interface.id, interface.name
        if place not in self._at:
            self._at[place] = tuple(key for key in self.all if key.serves(interface, key.neighbour))
        return self._at[place]
