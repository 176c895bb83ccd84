"""What the data plane is to hold for the reservations of a node: RFC 2205 3.11.2's calls as cells.

`Planner.program` takes the operations of one transaction of the engine and gives a step: what
changes, ordered so that no packet meets a half-made reservation. First meters, then filters, then
the shapes that make them seen; to take down, the other way round. When the data plane has
answered, the step is `done`, or it is undone by a step back, and the planner is as if nothing had
been asked. `state` is all that should be there, for the comparison after a reconnect.

A multicast session is also policed where its packets are replicated (docs/dataplane.md, Groups):
there stand the filters of all outgoing interfaces, each once, with buckets that let through what
any of them would. An index is given out again, oldest first, when the data plane no longer names
it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from p4rsvp.engine.effects import (
    AddFilter,
    AddFlowspec,
    DelFilter,
    DelFlowspec,
    ModFlowspec,
    Operation,
)
from p4rsvp.intserv.meter import Meter
from p4rsvp.target.cells import (
    Action,
    Buckets,
    Cell,
    Change,
    Content,
    Entry,
    MeterCell,
    State,
    difference,
)
from p4rsvp.target.filters import Filter, filter_of
from p4rsvp.target.numbers import REPLICATION_INTERFACE, ServiceClass, Shape
from p4rsvp.target.order import turn
from p4rsvp.target.orphans import Orphans
from p4rsvp.wire.filter_spec import Selector
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import StyleId

RESERVATIONS = 131_071  # indices from 1 (docs/dataplane.md, Sizes)

_SHAPES = tuple(int(shape) for shape in Shape)

_CLASSES = {
    Service.CONTROLLED_LOAD: ServiceClass.CONTROLLED_LOAD,
    Service.GUARANTEED: ServiceClass.GUARANTEED,
}


class NoRoomError(Exception):
    """All indices are in use."""


@dataclass(frozen=True, slots=True)
class Departure:
    """How packets leave by an interface: the parameters of `leave` but for the shapes."""

    interface: int
    port: int
    mac: int
    vlan_id: int
    mtu_bytes: int

    def cell(self) -> Entry:
        """Its place in the data plane."""
        return Entry("outgoing_interfaces", (self.interface,))

    def content(self, shapes: int) -> Action:
        """What stands there when the interface has filters of these shapes."""
        return Action("leave", (self.port, self.mac, self.vlan_id, self.mtu_bytes, shapes))


@dataclass(frozen=True, slots=True)
class Reservation:
    """One reservation on one interface."""

    index: int
    interface: int
    session: Session | GpiSession
    service: ServiceClass
    buckets: Buckets
    is_distinct: bool  # FF: one for each sender
    selectors: tuple[Selector | None, ...] = ()

    def filters(self) -> Iterator[Filter]:
        """What finds its packets."""
        return (filter_of(self.interface, self.session, one) for one in self.selectors)

    def cells(self) -> dict[Cell, Content]:
        """What stands for it in the data plane, but for the shapes."""
        claim = Action("reserve", (self.index, int(self.service)))
        meter = MeterCell("reservation_meter", self.index)
        cells: dict[Cell, Content] = {meter: self.buckets}
        cells.update((one.entry, claim) for one in self.filters())
        return cells


_Handle = tuple[int, int]  # interface, rhandle
_Group = tuple[Session | GpiSession, Selector | None]  # what one policer before replication serves


class Step(NamedTuple):
    """A transaction on its way to the data plane."""

    changes: list[Change]
    handle: _Handle
    old: Reservation | None
    new: Reservation | None


class Planner:
    """The reservations of a node, and the cells that stand for them."""

    def __init__(self, departures: Iterable[Departure]) -> None:
        self.state: dict[Cell, Content] = {}
        self._departures = {one.interface: one for one in departures}
        self._reservations: dict[_Handle, Reservation] = {}
        self._members: dict[_Group, dict[_Handle, Reservation]] = {}
        self._groups: dict[_Group, Reservation] = {}
        # Kept until the data plane has answered, since it may refuse and hold what it held.
        self._group_indices: dict[_Group, int] = {}
        self._shapes: Counter[tuple[int, int]] = Counter()  # interface and Shape
        self._orphans = Orphans()
        self._used = 0
        self._free: deque[int] = deque()
        for one in self._departures.values():
            self.state[one.cell()] = one.content(0)

    def program(self, operations: Sequence[Operation]) -> Step:
        """Take a transaction, which concerns one reservation, and say what it changes."""
        handle = (operations[0].interface, operations[0].rhandle)
        old = self._reservations.get(handle)
        new = old
        for operation in operations:
            new = self._applied(new, operation)
        return Step(self._replace(handle, new), handle, old, new)

    def done(self, step: Step) -> None:
        """The data plane has done it."""
        if step.new is None and step.old is not None:
            self._free.append(step.old.index)
        self._release_group(step)

    def undo(self, step: Step) -> Step:
        """The data plane has refused it: the step back, which is `done` when nothing is left."""
        changes = self._replace(step.handle, step.old)
        return Step(changes, step.handle, step.new, step.old)

    def adopt(self, actual: State) -> None:
        """Keep what a data plane holds for reservations that we know nothing of (orphans.py)."""
        assert not self._reservations, "orphans are taken in before there is anything else"
        self._orphans.adopt(actual, frozenset(self._departures))
        self.state.update(self._orphans.cells())
        self._shapes.update(self._orphans.shapes())
        self._name_shapes()

    def abandon(self) -> list[Cell]:
        """Give up what nobody has asked for: the cells that change. `forget` follows."""
        gone = list(self._orphans.cells())
        for cell in gone:
            # The meter of an index that no filter names any more is among them.
            self.state.pop(cell, None)
        self._shapes.subtract(self._orphans.shapes())
        self._orphans.clear()
        self._name_shapes()
        return [*gone, *(one.cell() for one in self._departures.values())]

    def forget(self) -> None:
        """The data plane has let go of the orphans: their indices are free."""
        self._free.extend(sorted(self._orphans.indices))
        self._orphans.indices.clear()

    def _name_shapes(self) -> None:
        for one in self._departures.values():
            self.state[one.cell()] = one.content(self._named(one.interface))

    def reservation(self, interface: int, rhandle: int) -> Reservation | None:
        """What stands for a reservation of the engine."""
        return self._reservations.get((interface, rhandle))

    def _applied(self, old: Reservation | None, operation: Operation) -> Reservation | None:
        """The reservation after one more operation."""
        if isinstance(operation, AddFlowspec):
            service = _CLASSES[operation.plan.demand.service]
            return Reservation(
                self._take_index(),
                operation.interface,
                operation.session,
                service,
                buckets_of(operation.plan.meter),
                operation.style.id is StyleId.FF,
            )
        assert old is not None, "the engine adds a flowspec before all else"
        if isinstance(operation, ModFlowspec):
            service = _CLASSES[operation.plan.demand.service]
            return replace(old, service=service, buckets=buckets_of(operation.plan.meter))
        if isinstance(operation, AddFilter):
            return replace(old, selectors=(*old.selectors, operation.selector))
        if isinstance(operation, DelFilter):
            kept = tuple(one for one in old.selectors if one != operation.selector)
            return replace(old, selectors=kept)
        assert isinstance(operation, DelFlowspec)
        return None

    def _replace(self, handle: _Handle, new: Reservation | None) -> list[Change]:
        """Put a reservation in the place of another, and what follows from that."""
        old = self._reservations.pop(handle, None)
        if new is not None:
            self._reservations[handle] = new
        pairs = [(old, new)]
        some = new or old
        if some is not None and some.session.destination.is_multicast:
            pairs.append(self._regroup(handle, old, new))
        held: dict[Cell, Content] = {}
        wanted: dict[Cell, Content] = {}
        for before, after in pairs:
            held |= before.cells() if before else {}
            wanted |= after.cells() if after else {}
            for departure, then, now in self._reshape(before, after):
                held[departure.cell()] = departure.content(then)
                wanted[departure.cell()] = departure.content(now)
        changes = sorted(difference(held, wanted), key=turn)
        for cell, _, content in changes:
            if content is None:
                self.state.pop(cell, None)
            else:
                self.state[cell] = content
        return changes

    def _regroup(
        self, handle: _Handle, old: Reservation | None, new: Reservation | None
    ) -> tuple[Reservation | None, Reservation | None]:
        """What polices a group before it is replicated, before and after."""
        key = _group_of(new or old)
        members = self._members.setdefault(key, {})
        members.pop(handle, None)
        if new is not None:
            members[handle] = new
        before = self._groups.pop(key, None)
        if not members:
            del self._members[key]
            return before, None
        if key not in self._group_indices:
            self._group_indices[key] = self._take_index()
        after = _merged(list(members.values()), self._group_indices[key])
        self._groups[key] = after
        return before, after

    def _release_group(self, step: Step) -> None:
        """Give the index of a group back that has no reservation left."""
        some = step.new or step.old
        if some is None or not some.session.destination.is_multicast:
            return
        key = _group_of(some)
        if key not in self._members and key in self._group_indices:
            self._free.append(self._group_indices.pop(key))

    def _reshape(
        self, old: Reservation | None, new: Reservation | None
    ) -> Iterator[tuple[Departure, int, int]]:
        """Count filters by interface and shape; where an interface names other shapes now."""
        some = old or new
        if some is None:
            return
        departure = self._departures[some.interface]
        for one in new.filters() if new else ():
            if self._orphans.claim(one.entry):
                self._shapes[some.interface, one.shape] -= 1
        then = self._named(some.interface)
        for one in old.filters() if old else ():
            self._shapes[some.interface, one.shape] -= 1
        for one in new.filters() if new else ():
            self._shapes[some.interface, one.shape] += 1
        now = self._named(some.interface)
        if then != now:
            yield departure, then, now

    def _named(self, interface: int) -> int:
        # Numbers, since arithmetic on flags costs as much as the rest of a transaction.
        named = 0
        for shape in _SHAPES:
            if self._shapes.get((interface, shape), 0) > 0:
                named |= shape
        return named

    def _take_index(self) -> int:
        if self._free:
            return self._free.popleft()
        while self._used < RESERVATIONS:
            self._used += 1
            if self._used not in self._orphans.indices:
                return self._used
        raise NoRoomError(f"all {RESERVATIONS} reservations of the data plane are in use")


def buckets_of(meter: Meter) -> Buckets:
    """A meter's parameters as the data plane takes them."""
    return Buckets(meter.cir_bytes_per_s, meter.cbs_bytes, meter.pir_bytes_per_s, meter.pbs_bytes)


def _group_of(reservation: Reservation | None) -> _Group:
    assert reservation is not None, "one of before and after is there"
    sender = reservation.selectors[0] if reservation.is_distinct and reservation.selectors else None
    return reservation.session, sender


def _merged(members: list[Reservation], index: int) -> Reservation:
    """One reservation that serves all of a session's outgoing interfaces."""
    buckets = members[0].buckets
    for member in members[1:]:
        buckets = buckets.larger(member.buckets)
    selectors = dict.fromkeys(one for member in members for one in member.selectors)
    return replace(
        members[0],
        index=index,
        interface=REPLICATION_INTERFACE,
        buckets=buckets,
        selectors=tuple(selectors),
    )
