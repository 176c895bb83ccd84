"""What the plots of a run show: the flows as curves, in bins coarse enough to be seen apart.

Owns which quantity of a bin becomes which curve, and the flows' colours; where a curve is drawn is
figure.py's. Times are seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from p4rsvp.lab.results import NS_PER_S, Flow, Quantity, Results, Totals

# After Okabe and Ito: told apart with any sort of colour vision. What has no colour left is dashed.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#8a3b75", "#b07d00", "#3d3d3d")
DASHES = ("", "7 3", "2 3", "9 3 2 3")
MOST_BINS = 240
MOST_FLOWS = 4  # in one plot; of more, each receiver gets a plot of its own

Point = tuple[float, float | None]  # None: nothing was measured, and the curve is interrupted


@dataclass(frozen=True, slots=True)
class Look:
    """How a flow is told apart from the others."""

    colour: str
    dash: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One quantity of one flow."""

    label: str
    look: Look
    points: tuple[Point, ...]
    # Drawn thin beside the points: the rate that was sent, or the worst delay.
    beside: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Plot:
    """Curves over one time axis."""

    quantity: Quantity
    title: str
    curves: tuple[Curve, ...]

    def values(self) -> Iterator[float]:
        """All that is drawn."""
        for curve in self.curves:
            yield from (value for _, value in curve.points + curve.beside if value is not None)


def looks(results: Results) -> dict[str, Look]:
    """A look for each name of `name_of`."""
    names = dict.fromkeys(name_of(flow, results) for flow in results.flows)
    count = len(COLOURS)
    return {
        name: Look(COLOURS[index % count], DASHES[index // count % len(DASHES)])
        for index, name in enumerate(names)
    }


def name_of(flow: Flow, results: Results) -> str:
    """What tells a flow apart in its plot: its receiver does not where that has its own plot."""
    return flow.name if _is_split(results) else flow.label


def plots(results: Results) -> list[Plot]:
    """Rate, loss and delay; each once, or once for each receiver where there are many flows."""
    groups: dict[str, list[Flow]] = {}
    for flow in results.flows:
        groups.setdefault(f" at {flow.receiver}" if _is_split(results) else "", []).append(flow)
    appearance = looks(results)
    return [
        Plot(
            quantity,
            f"{name}{where}",
            tuple(_curve(flow, quantity, appearance[name_of(flow, results)]) for flow in flows),
        )
        for quantity, name in (
            (Quantity.RATE, "Rate received"),
            (Quantity.LOSS, "Loss"),
            (Quantity.DELAY, "Delay, one way"),
        )
        for where, flows in groups.items()
    ]


def _is_split(results: Results) -> bool:
    return len(results.flows) > MOST_FLOWS


def _curve(flow: Flow, quantity: Quantity, look: Look) -> Curve:
    points: list[Point] = []
    beside: list[Point] = []
    for at_s, totals in _bins(flow):
        main, second = _values(totals, quantity)
        points.append((at_s, main))
        if quantity is not Quantity.LOSS:
            beside.append((at_s, second))
    return Curve(flow.label, look, tuple(points), tuple(beside))


def _values(totals: Totals, quantity: Quantity) -> tuple[float | None, float | None]:
    if quantity is Quantity.RATE:
        return totals.received_bits_per_s, totals.sent_bits_per_s
    if quantity is Quantity.LOSS:
        return (totals.loss_share if totals.sent_packets else None), None
    return totals.delay_mean_us, totals.delay_max_us


def _bins(flow: Flow) -> Iterator[tuple[float, Totals]]:
    """The flow in at most so many bins, each with the time of its middle."""
    length_ns = flow.bin_ns * -(-len(flow.samples) // MOST_BINS)
    end_ns = len(flow.samples) * flow.bin_ns
    for start_ns in range(0, end_ns, length_ns):
        totals = flow.within(start_ns, min(start_ns + length_ns, end_ns))
        yield (start_ns + totals.duration_ns / 2) / NS_PER_S, totals
