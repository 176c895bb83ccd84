"""A network of nodes in virtual time: packets travel, data planes answer, clocks tick.

Owns the machines and what happens between them. Faults are set by whoever holds it (links, targets,
crashes, routes); watchers look at every step of every node. It decides nothing about RSVP.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Protocol

from p4rsvp.engine.config import InterfaceConfig, NodeConfig, Role, TimeParameters
from p4rsvp.engine.effects import Effect, Program, SendPacket, Upcall
from p4rsvp.engine.events import (
    Event,
    InterfaceChanged,
    PacketIn,
    Prefix,
    Route,
    RouteChanged,
    TargetResult,
    Tick,
)
from p4rsvp.engine.node import Node
from p4rsvp.fast.front import Front
from p4rsvp.intserv.link import LinkConfig
from p4rsvp.sim import priorities, routing
from p4rsvp.sim.clock import Clock
from p4rsvp.sim.dice import Dice
from p4rsvp.sim.impairment import Impairment
from p4rsvp.sim.machine import Machine
from p4rsvp.sim.topology import Attachment, Kind, Topology
from p4rsvp.wire.address import Address

MILLISECOND_NS = 1_000_000


class Watcher(Protocol):
    """Somebody who looks at every step, and raises where it must not be."""

    def stepped(self, machine: Machine, event: Event, effects: list[Effect]) -> None:
        """A node has handled an event."""
        ...

    def written(self, machine: Machine) -> None:
        """A data plane has answered a transaction."""
        ...


_BATCH_MESSAGES = 4  # packets come one by one


@dataclass(slots=True)
class Settings:
    """What all machines of a network have in common."""

    link: LinkConfig
    times: TimeParameters
    target_delay_ns: int = MILLISECOND_NS
    routing_delay_ns: int = 100 * MILLISECOND_NS  # how far apart machines learn of a change
    filtered: bool = False  # whether refreshes meet the filter before they meet a node
    preempts: bool = False  # whether reservations give way to those of higher priority


class Network:
    """All machines and all that is under way between them."""

    def __init__(self, topology: Topology, settings: Settings, seed: int = 0) -> None:
        self.topology = topology
        self.settings = settings
        self.clock = Clock()
        self.dice = Dice(seed)
        self.links = Impairment(self.dice.fork())
        self.watchers: list[Watcher] = []
        self.packets = 0
        # Members of each group, and those who send to it.
        self.members: dict[Address, set[str]] = {}
        self.sources: dict[Address, set[Address]] = {}
        # What routing has come to, which machines learn by and by.
        self._trees: dict[str, routing.Tree] = {}
        self._routes: dict[tuple[Address, Address], dict[str, Route]] = {}
        self.machines = {name: self._machine(name) for name in topology.kinds}
        self._ranks = {name: number for number, name in enumerate(topology.kinds)}
        for machine in self.machines.values():
            self.start(machine)
        self.reroute()

    def _machine(self, name: str) -> Machine:
        kind = self.topology.kinds[name]
        places = self.topology.places[name]
        addresses = {i: self.topology.addresses(name, i) for i in places}
        config = None
        if kind is not Kind.PLAIN_ROUTER:
            settings = self.settings
            config = NodeConfig(
                name,
                tuple(
                    InterfaceConfig(i, f"{name}:{i}", own, settings.link, times=settings.times)
                    for i, own in addresses.items()
                ),
                Role.HOST if kind is Kind.HOST else Role.ROUTER,
            )
        machine = Machine(name, kind, config)
        machine.addresses = frozenset(address for own in addresses.values() for address in own)
        machine.target.limits = dict.fromkeys(places, self.settings.link.limits)
        return machine

    # --- nodes come and go ---

    def start(self, machine: Machine) -> None:
        """Start a machine's control plane with no state, but for what routing tells it."""
        if machine.config is None:
            return
        machine.life += 1
        machine.alarm_ns = None
        seeded = NodeConfig(
            machine.config.name,
            machine.config.interfaces,
            machine.config.role,
            machine.config.limits,
            self.dice.seed(),
        )
        machine.node = Node(seeded, priorities.policy() if self.settings.preempts else None)
        if self.settings.filtered:
            machine.front = Front(machine.node, b"a simulated machine", _BATCH_MESSAGES)
        for interface in machine.down:
            self.happens(machine, InterfaceChanged(interface, None))
        for address, route in machine.unicast.items():
            self.happens(machine, RouteChanged(_host(address), route))
        for (source, group), route in machine.trees.items():
            self.happens(machine, RouteChanged(_host(group), route, source))

    def set_interface(self, machine: Machine, interface: int, *, is_up: bool) -> None:
        """Let an interface go down or come up; the machine notices at once."""
        if machine.config is None or is_up != (interface in machine.down):
            return
        if is_up:
            machine.down.discard(interface)
        else:
            machine.down.add(interface)
        config = next(i for i in machine.config.interfaces if i.id == interface)
        self.happens(machine, InterfaceChanged(interface, config if is_up else None))

    def crash(self, machine: Machine, *, keeps_target: bool) -> None:
        """End a control plane without a word."""
        machine.node = machine.front = None
        if keeps_target:
            machine.target.outlive_node()
        else:
            machine.target.lose_all()

    # --- what happens ---

    def run_until(self, until_ns: int) -> None:
        """Let time pass."""
        self.clock.run_until(until_ns)

    def run_for(self, wait_ns: int) -> None:
        """Let time pass."""
        self.clock.run_until(self.clock.now_ns + wait_ns)

    def happens(self, machine: Machine, event: Event) -> None:
        """Something happens to a node; a machine that is down notices nothing."""
        node = machine.node
        if node is None:
            return
        handler = machine.front or node
        effects = handler.handle(event, machine.skew.local_ns(self.clock.now_ns))
        for effect in effects:
            if isinstance(effect, SendPacket):
                self._send(machine, effect)
            elif isinstance(effect, Program):
                self._program(machine, effect)
            elif isinstance(effect, Upcall):
                machine.upcalls.append((self.clock.now_ns, effect))
        for watcher in self.watchers:
            watcher.stepped(machine, event, effects)
        self._set_alarm(machine, node)

    def _set_alarm(self, machine: Machine, node: Node) -> None:
        local_ns = node.deadline()
        if local_ns is None:
            return
        due_ns = max(machine.skew.true_ns(local_ns), self.clock.now_ns)
        if machine.alarm_ns is None or due_ns < machine.alarm_ns:
            machine.alarm_ns = due_ns
            alarm = partial(self._alarm, machine, machine.life, due_ns)
            # Alarms of one moment go off in the order of the machines, however often each was set:
            # machines with filters wake up more often, and all else is to be the same.
            self.clock.at(due_ns, alarm, 1 + self._ranks[machine.name])

    def _alarm(self, machine: Machine, life: int, due_ns: int) -> None:
        if machine.life != life or machine.alarm_ns != due_ns:
            return  # of a former life, or an earlier alarm has been set since
        machine.alarm_ns = None
        self.happens(machine, Tick())

    # --- data planes ---

    def _program(self, machine: Machine, program: Program) -> None:
        wait_ns = self._target_delay_ns()
        self.clock.after(wait_ns, partial(self._carry_out, machine, machine.life, program))

    def _carry_out(self, machine: Machine, life: int, program: Program) -> None:
        if machine.life != life or machine.node is None:
            return  # the session with the data plane ended with the node
        result = machine.target.carry_out(program)
        for watcher in self.watchers:
            watcher.written(machine)
        wait_ns = self._target_delay_ns()
        self.clock.after(wait_ns, partial(self._result, machine, life, result))

    def _result(self, machine: Machine, life: int, result: TargetResult) -> None:
        if machine.life == life:
            self.happens(machine, result)

    def _target_delay_ns(self) -> int:
        most_ns = self.settings.target_delay_ns
        return self.dice.between(0, most_ns) if most_ns else 0

    # --- packets ---

    def _send(self, machine: Machine, packet: SendPacket) -> None:
        self.packets += 1
        segment = self.topology.places[machine.name][packet.interface]
        if packet.destination.is_multicast:
            for receiver in segment.attachments:
                if receiver.machine != machine.name:
                    self._carry(machine.name, receiver, segment.delay_ns, packet)
            return
        on_link = self.topology.owners.get(packet.destination)
        if on_link is not None and on_link in segment.attachments:
            if on_link.machine != machine.name:
                self._carry(machine.name, on_link, segment.delay_ns, packet)
            return
        self._forward_unicast(machine, packet)

    def _forward_unicast(self, machine: Machine, packet: SendPacket) -> None:
        owner = self.topology.owners.get(packet.destination)
        next_hop = None if owner is None else machine.next_hops.get(owner.machine)
        if next_hop is not None:
            segment = self.topology.places[next_hop.machine][next_hop.interface]
            down = machine.down
            mine = (a for a in segment.attachments if a.machine == machine.name)
            if not any(attachment.interface in down for attachment in mine):
                self._carry(machine.name, next_hop, segment.delay_ns, packet)

    def _carry(self, sender: str, receiver: Attachment, delay_ns: int, packet: SendPacket) -> None:
        for wait_ns in self.links.arrivals(sender, receiver.machine, delay_ns):
            self.clock.after(wait_ns, partial(self._arrive, receiver, packet))

    def _arrive(self, at: Attachment, packet: SendPacket) -> None:
        machine = self.machines[at.machine]
        if at.interface in machine.down:
            return
        if machine.config is not None and self._is_for_rsvp(machine, packet):
            self.happens(
                machine,
                PacketIn(
                    at.interface,
                    packet.source,
                    packet.destination,
                    packet.ttl,
                    packet.router_alert,
                    packet.data,
                ),
            )
        elif packet.ttl > 1 and machine.kind is not Kind.HOST:
            self._forward(machine, at.interface, packet)

    def _is_for_rsvp(self, machine: Machine, packet: SendPacket) -> bool:
        if packet.destination.is_multicast and machine.kind is Kind.HOST:
            return machine.name in self.members.get(packet.destination, ())
        return packet.router_alert or packet.destination in machine.addresses

    def _forward(self, machine: Machine, interface: int, packet: SendPacket) -> None:
        """What IP does with a packet that is nobody's here."""
        onward = SendPacket(
            interface,
            packet.source,
            packet.destination,
            packet.ttl - 1,
            packet.router_alert,
            packet.data,
        )
        if not packet.destination.is_multicast:
            self._forward_unicast(machine, onward)
            return
        route = machine.trees.get((packet.source, packet.destination))
        if route is None or route.incoming != interface:
            return
        for out in route.outgoing:
            segment = self.topology.places[machine.name][out]
            for receiver in segment.attachments:
                if receiver.machine != machine.name:
                    self._carry(machine.name, receiver, segment.delay_ns, onward)

    # --- routes and members ---

    def join(self, group: Address, host: str) -> None:
        """A host listens to a group."""
        self.members.setdefault(group, set()).add(host)
        self.reroute_group(group)

    def leave(self, group: Address, host: str) -> None:
        """A host listens no more."""
        self.members.get(group, set()).discard(host)
        self.reroute_group(group)

    def send_to(self, group: Address, source: Address) -> None:
        """Somebody begins to send to a group."""
        self.sources.setdefault(group, set()).add(source)
        self.reroute_group(group)

    def reroute(self) -> None:
        """The topology has changed: every machine learns its new routes, some sooner than others.

        At the beginning of time they know at once.
        """
        self._trees = routing.unicast(self.topology)
        for machine in self.machines.values():
            self._soon(partial(self._learn_unicast, machine))
        for group in self.sources:
            self.reroute_group(group)

    def reroute_group(self, group: Address) -> None:
        """Members, sources or the topology have changed."""
        for source in sorted(self.sources.get(group, ())):
            root = self.topology.owners[source].machine
            members = self.members.get(group, set())
            self._routes[source, group] = routing.multicast(self._trees[root], root, members)
            for machine in self.machines.values():
                self._soon(partial(self._learn_tree, machine, source, group))

    def _soon(self, action: partial[None]) -> None:
        if not self.clock.now_ns:
            action()
            return
        self.clock.after(self.dice.between(0, self.settings.routing_delay_ns), action)

    def _learn_unicast(self, machine: Machine) -> None:
        """A machine learns what is true by now."""
        steps = {to: tree[machine.name] for to, tree in self._trees.items() if machine.name in tree}
        machine.next_hops = {to: step.neighbour for to, step in steps.items()}
        for name in self.topology.hosts():
            if name == machine.name:
                route = Route((), local=True)
            elif name in steps:
                route = Route((steps[name].interface,))
            else:
                continue
            for address in self.machines[name].addresses:
                if machine.unicast.get(address) != route:
                    machine.unicast[address] = route
                    self.happens(machine, RouteChanged(_host(address), route))

    def _learn_tree(self, machine: Machine, source: Address, group: Address) -> None:
        route = self._routes[source, group].get(machine.name)
        if route is not None and machine.trees.get((source, group)) != route:
            machine.trees[source, group] = route
            self.happens(machine, RouteChanged(_host(group), route, source))


def _host(address: Address) -> Prefix:
    return Prefix(address, 8 * len(address))
