"""One run: a world from a seed, first faults and wishes, then healing, then the end of everything.

Safety is checked at every step. After the faults have ended, everything must have converged within
two lifetimes: the soft state of a fault that came last may time out once here and once beyond.
Where links are tight, requests that fail are tried again for ever, so only safety is asked for. At
the end some leave and everybody else vanishes, and a lifetime later nothing is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from traceback import format_exc
from zlib import crc32

from p4rsvp.engine.effects import Effect, SendPacket
from p4rsvp.engine.events import Event, TargetResult
from p4rsvp.sim import faults, workload
from p4rsvp.sim.checks import CheckFailedError
from p4rsvp.sim.checks.admission import check_admission
from p4rsvp.sim.checks.agreement import (
    check_adspecs,
    check_neighbours,
    check_no_more,
    check_oracle,
    check_senders,
)
from p4rsvp.sim.checks.installed import check_installed, check_quiet
from p4rsvp.sim.checks.load import QuietLoad
from p4rsvp.sim.checks.priorities import check_priorities
from p4rsvp.sim.checks.residue import check_empty
from p4rsvp.sim.draw import draw_world
from p4rsvp.sim.machine import Machine
from p4rsvp.sim.topology import Kind
from p4rsvp.sim.world import World, name

QUIET_PERIODS = 3
PEACEFUL_DEEDS = 4
LAST_DEEDS = 40  # how many of them a failure shows


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a seed."""

    seed: int
    failure: str  # what happened, with a traceback; empty: it has passed
    promise: str  # which promise was broken; empty where none was, or the program broke instead
    deeds: tuple[str, ...]
    simulated_s: float
    elapsed_s: float
    packets: int
    steps: int
    digest: int  # of all that was sent, in its order: the same for the same seed, everywhere


class Safety:
    """Looks at every step, and keeps a digest of them all."""

    def __init__(self) -> None:
        self.steps = 0
        self.digest = 0

    def stepped(self, machine: Machine, event: Event, effects: list[Effect]) -> None:
        self.steps += 1
        is_news = isinstance(event, TargetResult)
        for effect in effects:
            if isinstance(effect, SendPacket):
                self.digest = crc32(effect.data, self.digest)
            else:
                is_news = True
        check_priorities(machine, effects)
        if is_news:  # a mere refresh changes no reservation
            check_installed(machine)

    @staticmethod
    def written(machine: Machine) -> None:
        check_admission(machine)


def run_seed(seed: int) -> Outcome:
    """Run one seed to its end, or to the first promise that breaks."""
    started_s = perf_counter()
    world = draw_world(seed)
    safety = Safety()
    world.network.watchers.append(safety)
    failure = promise = ""
    try:
        _run(world)
    except CheckFailedError as error:
        failure, promise = format_exc(), error.promise.value
    except Exception:  # noqa: BLE001  # whatever it is, it must be told with its seed
        failure = format_exc()
    return Outcome(
        seed,
        failure,
        promise,
        tuple(world.deeds[-LAST_DEEDS:]),
        world.network.clock.now_ns / 1e9,
        perf_counter() - started_s,
        world.network.packets,
        safety.steps,
        safety.digest,
    )


def _run(world: World) -> None:
    workload.populate(world)
    _cause_trouble(world)
    faults.heal(world)
    world.network.run_for(2 * world.lifetime_ns + world.slack_ns)
    if world.is_tight:
        check_senders(world)
        check_no_more(world)
    else:
        _check_convergence(world)
    for _ in range(PEACEFUL_DEEDS):
        workload.do_something(world, members_stay=True)
        _check_at_once(world)
    _close(world)
    _check_at_once(world)
    for host in {app.host: None for app in world.living_apps() if app.is_open}:
        faults.vanish(world, host)
    world.network.run_for(world.lifetime_ns + world.slack_ns)
    for machine in world.running():
        check_empty(machine)


def _cause_trouble(world: World) -> None:
    """Wishes and faults, at times drawn; wishes alone to begin with."""
    dice = world.dice
    for _ in range(dice.between(2, 10)):
        world.network.run_for(dice.between(0, world.period_ns // 4))
        workload.do_something(world)
    for _ in range(dice.between(5, 40)):
        world.network.run_for(dice.between(0, world.period_ns))
        if dice.happens(0.5):
            faults.do_harm(world)
        else:
            workload.do_something(world)


def _check_convergence(world: World) -> None:
    for machine in world.running():
        check_quiet(machine)
    check_senders(world)
    check_adspecs(world)
    check_neighbours(world)
    check_oracle(world)
    load = QuietLoad()
    world.network.watchers.append(load)
    window_ns = QUIET_PERIODS * world.period_ns
    world.network.run_for(window_ns)
    world.network.watchers.remove(load)
    for machine in world.running():
        load.check(machine, window_ns, world.period_ns)


def _check_at_once(world: World) -> None:
    """RFC 2205 2.3: changes go from end to end without waiting for refreshes, and so do tears.

    Not where members leave: what they have no route to any more is left to its lifetime. And not
    beyond a router without RSVP: a Path that comes there before routing has is lost, and the next
    that is sure to find its way is a refresh.
    """
    wait_ns = world.slack_ns
    if Kind.PLAIN_ROUTER in world.network.topology.kinds.values():
        wait_ns += world.period_ns * 3 // 2
    world.network.run_for(wait_ns)
    if not world.is_tight:
        check_senders(world)
        check_oracle(world)


def _close(world: World) -> None:
    """Half of all applications leave as one should."""
    for app in world.living_apps():
        if world.dice.happens(0.5):
            app.close()
            world.did(f"{app.host} closes {name(app.session)}")
