"""What goes wrong: links, routers, data planes, routes, hosts. A fault ends by itself or by heal.

One function each, as docs/simulation.md lists them. Clock skew is drawn with the world (draw.py),
and so are routers without RSVP.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from p4rsvp.engine.events import TargetPreempts
from p4rsvp.sim.machine import Machine
from p4rsvp.sim.topology import Kind
from p4rsvp.sim.world import MILLISECOND_NS, World, name

AVOIDED = 100  # a metric that only the last way has


def _bad_links(world: World) -> None:
    """Loss, duplication and reordering on all links for a while."""
    links, dice = world.network.links, world.dice
    links.loss = dice.choice((0.0, 0.05, 0.2, 0.5))
    links.duplication = dice.choice((0.0, 0.1, 0.3))
    links.jitter_ns = dice.choice((0, 50, 500)) * MILLISECOND_NS
    world.did(
        f"links lose {links.loss:.0%}, duplicate {links.duplication:.0%}, "
        f"reorder within {links.jitter_ns // MILLISECOND_NS} ms"
    )


def _good_links(world: World) -> None:
    """Links are good again, but for deaf ones."""
    links = world.network.links
    links.loss = links.duplication = 0.0
    links.jitter_ns = 0
    world.did("links are good")


def _partition(world: World) -> None:
    """One machine is not heard by one of its neighbours any more."""
    segment = world.dice.choice(list(world.network.topology.segments.values()))
    sender, receiver = world.dice.sample((a.machine for a in segment.attachments), 2)
    deaf = world.network.links.deaf
    deaf.add((sender, receiver))
    _later(world, lambda: deaf.discard((sender, receiver)))
    world.did(f"{receiver} does not hear {sender}")


def _crash(world: World) -> None:
    """A router's or host's control plane dies and comes back; its data plane may live on."""
    machine = _running(world)
    if machine is None:
        return
    keeps = world.dice.happens(0.5)
    world.network.crash(machine, keeps_target=keeps)
    _later(world, partial(restart, world, machine))
    world.did(f"{machine.name} crashes and {'keeps' if keeps else 'loses'} its entries")


def _running(world: World) -> Machine | None:
    running = world.running()
    return world.dice.choice(running) if running else None


def restart(world: World, machine: Machine) -> None:
    """Start a crashed machine, and the applications on it."""
    if machine.is_up or machine.name in world.vanished:
        return
    world.network.start(machine)
    world.did(f"{machine.name} restarts")
    _insist(world, machine)
    # What has not been asked for again within a lifetime is nobody's.
    world.network.clock.after(world.lifetime_ns, partial(_give_up, machine, machine.life))


def _insist(world: World, machine: Machine) -> None:
    """Let applications say again what they want; they may have been refused, or forgotten."""
    for app in world.apps:
        if app.host == machine.name and machine.is_up:
            app.insist()


def _give_up(machine: Machine, life: int) -> None:
    if machine.life == life:
        machine.target.give_up_orphans()


def _flap(world: World) -> None:
    """A link's metric changes, and with it the ways of data; perhaps it changes back."""
    topology = world.network.topology
    segment = world.dice.choice(list(topology.segments))
    old, new = topology.metrics[segment], world.dice.between(1, 8)
    _set_metric(world, segment, new)
    if world.dice.happens(0.5):
        _later(world, partial(_set_metric, world, segment, old))


def _set_metric(world: World, segment: str, metric: int) -> None:
    if world.network.topology.metrics[segment] == metric:
        return
    world.network.topology.metrics[segment] = metric
    world.network.reroute()
    world.did(f"the metric of {segment} becomes {metric}")


def _write_errors(world: World) -> None:
    """A data plane refuses some transactions."""
    machine = world.dice.choice(list(world.network.machines.values()))
    machine.target.refusals_due = world.dice.between(1, 3)
    world.did(f"the data plane of {machine.name} fails {machine.target.refusals_due} writes")


def _lose_mastership(world: World) -> None:
    """A data plane refuses everything for a while."""
    target = world.dice.choice(list(world.network.machines.values())).target
    target.has_other_master = True

    def regain() -> None:
        target.has_other_master = False

    _later(world, regain)
    world.did("a data plane has another master")


def _preempt(world: World) -> None:
    """A data plane gives a reservation up."""
    for machine in world.dice.sample(world.running(), 3):
        if machine.target.entries:
            rhandle, entry = world.dice.choice(list(machine.target.entries.items()))
            world.did(f"{machine.name} gives up a reservation in {name(entry.session)}")
            world.network.happens(machine, TargetPreempts(entry.session, rhandle))
            return


def _cut(world: World) -> None:
    """An interface of a router goes down; routing avoids its link, and finds it back later."""
    machine = _running(world)
    if machine is None:
        return
    interface = world.dice.choice(list(world.network.topology.places[machine.name]))
    segment = world.network.topology.places[machine.name][interface]
    metric = world.network.topology.metrics[segment.name]
    if metric >= AVOIDED:
        return
    world.network.set_interface(machine, interface, is_up=False)
    _set_metric(world, segment.name, AVOIDED)
    world.did(f"interface {interface} of {machine.name} goes down")

    def mend() -> None:
        _raise_interface(world, machine, interface)
        _set_metric(world, segment.name, metric)

    _later(world, mend)


def _raise_interface(world: World, machine: Machine, interface: int) -> None:
    if interface not in machine.down:
        return
    world.network.set_interface(machine, interface, is_up=True)
    _insist(world, machine)
    world.did(f"interface {interface} of {machine.name} comes up")


def _vanish(world: World) -> None:
    """A host is gone for good, without a word."""
    hosts = [h for h in world.network.topology.hosts() if h not in world.vanished]
    if len(hosts) > 2 and world.dice.happens(0.3):
        vanish(world, world.dice.choice(hosts))


def vanish(world: World, host: str) -> None:
    """Let a host be gone for good."""
    world.vanished.add(host)
    world.network.crash(world.network.machines[host], keeps_target=False)
    for app in world.apps:
        if app.host == host:
            app.forget()
    world.did(f"{host} vanishes")


def _later(world: World, action: Callable[[], None]) -> None:
    wait_ns = world.period_ns * world.dice.between(1, 60) // 10
    world.network.clock.after(wait_ns, action)


# With weights, in the order of the design's list and beyond it.
FAULTS: tuple[tuple[Callable[[World], None], int], ...] = (
    (_bad_links, 3),
    (_good_links, 1),
    (_partition, 2),
    (_crash, 3),
    (_flap, 3),
    (_cut, 2),
    (_preempt, 1),
    (_write_errors, 2),
    (_lose_mastership, 1),
    (_vanish, 1),
)
_DRAWN = [fault for fault, weight in FAULTS for _ in range(weight)]


def do_harm(world: World) -> None:
    """One fault."""
    world.dice.choice(_DRAWN)(world)


def heal(world: World) -> None:
    """End all faults; those that would have ended by themselves end now."""
    network = world.network
    network.links.heal()
    for machine in list(network.machines.values()):
        for interface in list(machine.down):
            _raise_interface(world, machine, interface)
    for machine in network.machines.values():
        machine.target.refusals_due = 0
        machine.target.has_other_master = False
        if machine.kind is not Kind.PLAIN_ROUTER:
            restart(world, machine)
    world.did("all faults end")
