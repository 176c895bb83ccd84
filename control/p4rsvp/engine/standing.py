"""What stands on each interface, by its defending priority (RFC 3181): kept where policy preempts.

So a request that no reservation has to give way to costs a look at the priorities that there are,
and not at the reservations.
"""

from __future__ import annotations

from p4rsvp.engine.state import Tcsb


class Standing:
    """The reservations of a node that the data plane holds."""

    def __init__(self) -> None:
        self._ranks: dict[int, dict[int, dict[int, Tcsb]]] = {}  # interface, priority, rhandle
        self._known: dict[int, tuple[int, int]] = {}  # rhandle -> interface, priority
        # By interface: those for which there is room once the data plane has let others go.
        self._waiting: dict[int, list[Tcsb]] = {}

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._known)

    def put(self, tcsb: Tcsb, defending: int) -> None:
        """A reservation stands, or defends itself with another priority."""
        at = tcsb.interface, defending
        if self._known.get(tcsb.rhandle) == at:
            return
        self.drop(tcsb)
        self._known[tcsb.rhandle] = at
        self._ranks.setdefault(at[0], {}).setdefault(at[1], {})[tcsb.rhandle] = tcsb

    def drop(self, tcsb: Tcsb) -> None:
        """It stands no more."""
        at = self._known.pop(tcsb.rhandle, None)
        if at is None:
            return
        ranks = self._ranks[at[0]]
        del ranks[at[1]][tcsb.rhandle]
        if not ranks[at[1]]:
            del ranks[at[1]]

    def priority(self, tcsb: Tcsb) -> int:
        """With which one that stands defends itself."""
        return self._known[tcsb.rhandle][1]

    def wait(self, tcsb: Tcsb) -> None:
        """Its held changes are to be tried when something goes."""
        self._waiting.setdefault(tcsb.interface, []).append(tcsb)

    def take_waiting(self, interface: int) -> list[Tcsb]:
        """Those whose held changes may be tried now."""
        return self._waiting.pop(interface, [])

    def below(self, interface: int, priority: int) -> list[Tcsb]:
        """Those on an interface that this preemption priority displaces, in no particular order."""
        ranks = self._ranks.get(interface, {})
        return [t for rank, some in ranks.items() if rank < priority for t in some.values()]
