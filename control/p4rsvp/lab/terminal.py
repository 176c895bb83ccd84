"""A run on a terminal: how it goes on, then the expectations as a table, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from p4rsvp.lab.report import units
from p4rsvp.lab.results import NS_PER_S, Event, Flow, Results, Verdict
from p4rsvp.lab.script.watch import Watcher

_RECENT_NS = NS_PER_S
_LAST_EVENTS = 6
_STYLES = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "bold red",
    Verdict.UNJUDGED: "yellow",
    Verdict.UNMEASURED: "yellow",
}


class Screen(Watcher):
    """Live on a terminal; elsewhere a line for each phase and each marked event."""

    def __init__(self, console: Console, title: str) -> None:
        self.console = console
        self.title = title
        self._live = Live(console=console, transient=True, refresh_per_second=8)
        self._phase = "setting up"
        self._elapsed_s = 0.0
        self._seconds = 0.0
        self._flows: Sequence[Flow] = ()
        self._events: list[Event] = []

    def __enter__(self) -> Self:
        self._say(f"{self.title}: setting up")
        if self.console.is_terminal:
            self._live.start()
        self._draw()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def ready(self, mode: str, setup_ns: int) -> None:
        """The lab has been built."""
        self.title = f"{self.title} ({mode})"
        self._say(f"  set up in {units.duration(setup_ns)} ({mode})")
        self._draw()

    def phase(self, title: str, seconds: float) -> None:
        self._phase, self._seconds, self._elapsed_s = title, seconds, 0.0
        self._say(f"  {title} ({seconds:g} s)")
        self._draw()

    def tick(self, elapsed_s: float, flows: Sequence[Flow]) -> None:
        self._elapsed_s, self._flows = elapsed_s, flows
        self._draw()

    def event(self, event: Event) -> None:
        if event.marked:
            self._events = [*self._events, event][-_LAST_EVENTS:]
            self._say(f"    {_event_text(event)}")
            self._draw()

    def _say(self, text: str) -> None:
        if not self.console.is_terminal:
            self.console.print(text, highlight=False, markup=False, soft_wrap=True)

    def _draw(self) -> None:
        head = Text(f"{self.title}\n", style="bold")
        head.append(f"{self._phase}", style="bold cyan")
        if self._seconds:
            head.append(f"  {min(self._elapsed_s, self._seconds):.0f} of {self._seconds:g} s")
        events = Text("\n".join(_event_text(event) for event in self._events), style="dim")
        self._live.update(Group(head, self._now(), events))

    def _now(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0))
        table.add_column("flow")
        for heading in ("received", "lost", "delay"):
            table.add_column(heading, justify="right", min_width=11)
        for flow in self._flows:
            end_ns = len(flow.samples) * flow.bin_ns
            totals = flow.within(max(0, end_ns - _RECENT_NS), end_ns)
            table.add_row(
                flow.label,
                units.rate(totals.received_bits_per_s),
                units.share(totals.loss_share),
                units.delay(totals.delay_mean_us),
            )
        return table


def print_outcomes(console: Console, results: Results) -> None:
    """What was expected and what was found, phase by phase, and the verdict."""
    table = Table(title=results.title, title_justify="left")
    table.add_column("")
    table.add_column("expected")
    table.add_column("measured")
    for outcome in results.outcomes:
        style = _STYLES[outcome.verdict]
        table.add_row(Text(outcome.verdict.value, style), outcome.expected, outcome.measured)
    console.print(table)
    if results.stalled:
        console.print(Text(results.stalled, "yellow"))
    kept = sum(outcome.verdict is Verdict.PASSED for outcome in results.outcomes)
    verdict = results.verdict
    said = f"{results.scenario} {verdict.value}: {kept} of {len(results.outcomes)} expectations met"
    took = (results.setup_ns + results.duration_ns) / NS_PER_S
    console.print(Text(f"{said}, in {took:.0f} s", style=_STYLES[verdict]))


def _event_text(event: Event) -> str:
    who = "" if event.text.startswith(event.node) else f"{event.node} "
    return f"{event.at_ns / NS_PER_S:7.2f} s  {who}{event.text}"
