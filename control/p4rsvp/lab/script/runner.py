"""Run a scenario on a world that has been built, phase by phase, and judge it.

A phase first takes its steps. What it measures begins then, with the steps that are part of it
("during"). It ends when it has lasted as long as its file says and what is awaited has come or is
overdue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

from p4rsvp.lab import results
from p4rsvp.lab.report import units
from p4rsvp.lab.results import NS_PER_S, Outcome, Quantity, Reference, Results, Stall
from p4rsvp.lab.script.clock import now_ns
from p4rsvp.lab.script.excuse import excuse, spoilt_spans
from p4rsvp.lab.script.expectations import Counted, Watched
from p4rsvp.lab.script.scenario import Phase, Scenario, Variant
from p4rsvp.lab.script.stage import Stage, StuckError
from p4rsvp.lab.script.steps import Step, Wait
from p4rsvp.lab.script.watch import Watcher
from p4rsvp.lab.topology import Kind, Link, Topology
from p4rsvp.lab.world import World

# Traffic flows for a moment before anything is measured: queues fill, neighbours are found.
_LEAD_S = 0.3
_TICK_S = 0.25


async def run(
    scenario: Scenario,
    variant: Variant,
    world: World,
    *,
    target: str,
    setup_ns: int,
    watcher: Watcher,
) -> Results:
    """Run it, and say what came of it."""
    runner = _Runner(scenario, variant, Stage(scenario, world, watcher.event), watcher)
    started = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    await runner.go()
    return runner.judge(started, target, setup_ns)


class _Runner:
    def __init__(
        self, scenario: Scenario, variant: Variant, stage: Stage, watcher: Watcher
    ) -> None:
        self.scenario = scenario
        self.variant = variant
        self.stage = stage
        self.watcher = watcher
        self.phases: dict[str, results.Phase] = {}  # those that have been, by name
        self.stuck = ""  # why the others have not
        self.live: dict[str, list[Outcome]] = {}
        self.end_ns = 0

    async def go(self) -> None:
        """All phases, and the end."""
        try:
            await self.stage.begin()
            await asyncio.sleep(_LEAD_S)
            for phase in self.scenario.phases:
                await self._phase(phase)
        except StuckError as error:
            self.stuck = str(error)
        finally:
            self.end_ns = now_ns()
            await self.stage.end()

    async def _phase(self, phase: Phase) -> None:
        seconds: float = getattr(phase.seconds, self.variant)
        self.watcher.phase(phase.title, seconds)
        self.stage.step_ns = now_ns()
        await self._take(phase.steps)
        start_ns = now_ns()
        ticking = asyncio.create_task(self._tick(start_ns))
        try:
            await self._take(phase.during)
            awaited = [one.judge(self.stage) for one in phase.expect if isinstance(one, Watched)]
            self.live[phase.name] = list(await asyncio.gather(*awaited))
            await asyncio.sleep(max(0.0, seconds - (now_ns() - start_ns) / NS_PER_S))
        finally:
            ticking.cancel()
        begin_ns = self.stage.start_ns
        self.phases[phase.name] = results.Phase(
            phase.name, phase.title, start_ns - begin_ns, now_ns() - begin_ns
        )

    async def _take(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            self.stage.step_ns = now_ns()
            if not isinstance(step, Wait):
                self.stage.note(step.node, step.text, marked=True)
            await step.take(self.stage)

    async def _tick(self, start_ns: int) -> None:
        """Tell how it goes, a few times a second."""
        while True:
            await asyncio.sleep(_TICK_S)
            now = now_ns()
            self.watcher.tick((now - start_ns) / NS_PER_S, list(self.stage.measured(now)))

    def judge(self, started: str, target: str, setup_ns: int) -> Results:
        """The run, judged."""
        stage, scenario, world = self.stage, self.scenario, self.stage.world
        measured = tuple(stage.measured(self.end_ns))
        stalls = tuple(stage.stalls(self.end_ns))
        return Results(
            scenario=scenario.name,
            title=scenario.title,
            description=scenario.description,
            variant=self.variant,
            target=target,
            mode=f"{world.mode.value}: {world.why}",
            started=started,
            setup_ns=setup_ns,
            duration_ns=self.end_ns - stage.start_ns,
            topology=_drawn(world.topology),
            flows=measured,
            phases=tuple(self.phases.values()),
            events=tuple(stage.events),
            outcomes=tuple(self._outcomes(list(measured), stalls)),
            references=tuple(self._references()),
            stalls=stalls,
        )

    def _outcomes(
        self, measured: list[results.Flow], stalls: tuple[Stall, ...]
    ) -> Iterator[Outcome]:
        reached = {name: phase.end_ns for name, phase in self.phases.items()}
        ends = [reached.get(phase.name) for phase in self.scenario.phases]
        spoilt_by = spoilt_spans(ends, self.end_ns - self.stage.start_ns)
        for phase, span in zip(self.scenario.phases, spoilt_by, strict=True):
            lasted = self.phases.get(phase.name)
            live = iter(self.live.get(phase.name, ()))
            for one in phase.expect:
                if lasted is None:
                    outcome = one.outcome(f"not reached: {self.stuck}", passed=False)
                elif isinstance(one, Counted):
                    outcome = one.judge(self.stage, measured, lasted)
                else:
                    outcome = next(live)
                expected = f"{phase.title}: {outcome.expected}"
                excused = excuse(outcome, stalls, *span)
                yield Outcome(expected, excused.measured, excused.verdict)

    def _references(self) -> Iterator[Reference]:
        links = self.stage.world.topology.links.values()
        narrow = min(links, key=lambda link: link.rate_bits_per_s)
        text = f"{narrow.name}: {units.rate(narrow.rate_bits_per_s)}"
        yield Reference(Quantity.RATE, narrow.rate_bits_per_s, text)
        for name, bound_us in self.stage.bounds_us.items():
            text = f"bound of {name}: {units.delay(bound_us)}"
            yield Reference(Quantity.DELAY, bound_us, text)


def _drawn(topology: Topology) -> results.Topology:
    """The network as a report shows it."""
    nodes = (
        results.Node(name, kind is Kind.ROUTER, _node_note(topology, name, kind))
        for name, kind in topology.kinds.items()
    )
    links = (
        results.Link((link.ends[0].node, link.ends[1].node), link.rate_bits_per_s, _link_note(link))
        for link in topology.links.values()
    )
    return results.Topology(tuple(nodes), tuple(links))


def _node_note(topology: Topology, name: str, kind: Kind) -> str:
    return str(topology.address(name)) if kind is Kind.HOST else "switch, daemon"


def _link_note(link: Link) -> str:
    faults = link.faults
    parts = [units.delay(faults.delay_us)] if faults.delay_us else []
    return ", ".join([*parts, f"loses {units.share(faults.loss)}"] if faults.loss else parts)
