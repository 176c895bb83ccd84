"""The plots of a run as one drawing: rate, loss and delay of each flow over the same time.

From the top: legend, phases, numbers of the marked events, then the plots. Phases shade all plots,
an event is a line through all of them. Nothing overlaps, because each has rows of its own and takes
another where the first is full.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from xml.etree.ElementTree import Element

from p4rsvp.lab.report.curves import Curve, Look, Plot, Point, looks, plots
from p4rsvp.lab.report.scale import Linear, Scale, by_factors, upwards
from p4rsvp.lab.report.svg import GREY, INK, add, drawing, line, path, text_width, words
from p4rsvp.lab.report.units import DELAYS, RATES, Unit, digits, fitting
from p4rsvp.lab.results import NS_PER_S, Event, Quantity, Reference, Results

GRID, EVENT = "#e1e5ea", "#7a1f3d"
SHADES = ("#f4f6f9", "#fff8e6")
WIDTH_PX, LEFT_PX, RIGHT_PX = 1040, 78, 20
PLOT_PX, GAP_PX = 150, 46
SMALL_PX = 92  # the height of a plot where there is one for each receiver
MARK_PX = 9  # the radius of an event's number
_PERCENT = Unit("%", 0.01)


def draw_figure(results: Results) -> Element:
    """All plots of a run."""
    return _Figure(results).draw()


def marked_events(results: Results) -> list[Event]:
    """Those with a number in the plots, in the order of the numbers."""
    return sorted((event for event in results.events if event.marked), key=lambda e: e.at_ns)


@dataclass(slots=True)
class _Figure:
    results: Results

    def draw(self) -> Element:
        drawn = plots(self.results)
        height = PLOT_PX if len(drawn) <= 3 else SMALL_PX
        legend, marks = self._legend_rows(), self._mark_rows()
        phases_y = 12 + 22 * len(legend)
        top = phases_y + 26 + marks * (2 * MARK_PX + 4) + 26
        bottom = top + len(drawn) * (height + GAP_PX) - GAP_PX
        root = drawing(WIDTH_PX, bottom + 46, self._title(), self._description())
        self._draw_legend(root, legend)
        self._draw_phases(root, phases_y, bottom)
        tops = [top + index * (height + GAP_PX) for index in range(len(drawn))]
        self._draw_events(root, phases_y + 26, [(y, y + height) for y in tops])
        for plot, plot_top in zip(drawn, tops, strict=True):
            _PlotDrawer(root, self.results, plot, self._time()).draw(plot_top, height)
        self._draw_time_axis(root, bottom)
        return root

    def _title(self) -> str:
        return f"Rate, loss and delay over time: {self.results.title}"

    def _description(self) -> str:
        phases = (
            f"{p.title} {_seconds(p.start_ns)} to {_seconds(p.end_ns)}" for p in self.results.phases
        )
        return f"Phases: {'; '.join(phases)}. The table below the plots has the figures."

    def _time(self) -> Linear:
        return Linear(0, self.results.duration_ns / NS_PER_S, LEFT_PX, WIDTH_PX - RIGHT_PX, 12)

    def _legend_rows(self) -> list[list[tuple[float, str, Look | None]]]:
        """What stands in the legend, and where; a row that is full is followed by another."""
        entries: list[tuple[str, Look | None]] = list(looks(self.results).items())
        entries.append(("thin: rate sent, worst delay", None))
        rows: list[list[tuple[float, str, Look | None]]] = [[]]
        x = float(LEFT_PX)
        for label, look in entries:
            width = 34 + text_width(label, 13) + 22
            if rows[-1] and x + width > WIDTH_PX - RIGHT_PX:
                rows.append([])
                x = LEFT_PX
            rows[-1].append((x, label, look))
            x += width
        return rows

    def _draw_legend(self, root: Element, rows: list[list[tuple[float, str, Look | None]]]) -> None:
        for row, entries in enumerate(rows):
            y = 20 + 22 * row
            for x, label, look in entries:
                colour, width, dash = (look.colour, 3, look.dash) if look else (GREY, 1, "")
                line(root, (x, y - 4), (x + 26, y - 4), colour, width, dash)
                words(root, label, (x + 34, y), 13)

    def _draw_phases(self, root: Element, y: float, bottom: float) -> None:
        time = self._time()
        for index, phase in enumerate(self.results.phases):
            left, right = time(phase.start_ns / NS_PER_S), time(phase.end_ns / NS_PER_S)
            width, shade = right - left, SHADES[index % len(SHADES)]
            add(root, "rect", x=left, y=y, width=width, height=bottom - y, fill=shade)
            fitted = _fit(phase.title, phase.name, width - 8)
            words(root, fitted, ((left + right) / 2, y + 17), 13, anchor="middle", bold=True)

    def _mark_places(self) -> list[tuple[Event, float, int]]:
        """Each marked event with its x and the first row where its number touches no other."""
        places: list[tuple[Event, float, int]] = []
        ends: list[float] = []  # of the last number in each row
        time = self._time()
        for event in marked_events(self.results):
            x = time(event.at_ns / NS_PER_S)
            row = next((r for r, end in enumerate(ends) if x - MARK_PX > end + 1), len(ends))
            ends[row : row + 1] = [x + MARK_PX]
            places.append((event, x, row))
        return places

    def _mark_rows(self) -> int:
        return max((row for _, _, row in self._mark_places()), default=-1) + 1

    def _draw_events(self, root: Element, y: float, spans: list[tuple[float, float]]) -> None:
        """A number above, and a line through each plot, but not through the plots' titles."""
        for index, (event, x, row) in enumerate(self._mark_places(), 1):
            centre = y + MARK_PX + row * (2 * MARK_PX + 4)
            group = add(root, "g")
            add(group, "title", f"{_seconds(event.at_ns)} {event.node}: {event.text}")
            for top, bottom in spans:
                line(group, (x, top), (x, bottom), EVENT, 1.2, "4 3")
            add(group, "circle", cx=x, cy=centre, r=MARK_PX, fill=EVENT)
            words(group, str(index), (x, centre + 4), 11, anchor="middle", bold=True, fill="white")

    def _draw_time_axis(self, root: Element, y: float) -> None:
        time = self._time()
        for tick in time.ticks():
            words(root, digits(tick), (time(tick), y + 17), anchor="middle")
        middle = (LEFT_PX + WIDTH_PX - RIGHT_PX) / 2
        words(root, "time since the start, s", (middle, y + 36), anchor="middle")


@dataclass(slots=True)
class _PlotDrawer:
    root: Element
    results: Results
    plot: Plot
    time: Linear

    def draw(self, top: float, height: float) -> None:
        references = [r for r in self.results.references if r.quantity is self.plot.quantity]
        values = [*self.plot.values(), *(reference.value for reference in references)]
        scale, unit = _axis(self.plot.quantity, values, top, height)
        self._draw_frame(scale, unit, top, height)
        for reference in references:
            self._draw_reference(reference, scale)
        for curve in self.plot.curves:
            self._draw_curve(curve, scale)

    def _draw_frame(self, scale: Scale, unit: Unit, top: float, height: float) -> None:
        title = f"{self.plot.title}, {unit.name}"
        if not isinstance(scale, Linear):
            title += " (logarithmic)"
        words(self.root, title, (LEFT_PX, top - 9), 13, bold=True)
        for tick in scale.ticks():
            y = scale(tick)
            line(self.root, (LEFT_PX, y), (WIDTH_PX - RIGHT_PX, y), GRID)
            words(self.root, digits(unit.of(tick)), (LEFT_PX - 8, y + 4), anchor="end")
        width = WIDTH_PX - RIGHT_PX - LEFT_PX
        frame = add(self.root, "rect", x=LEFT_PX, y=top, width=width, height=height)
        frame.attrib |= {"fill": "none", "stroke": GREY}

    def _draw_curve(self, curve: Curve, scale: Scale) -> None:
        look = curve.look
        group = add(self.root, "g", fill="none", stroke=look.colour, stroke_linejoin="round")
        add(group, "title", curve.label)
        if look.dash:
            group.set("stroke-dasharray", look.dash)
        for points, width in ((curve.beside, 0.9), (curve.points, 2.2)):
            for piece in _pieces(points):
                drawn = [(self.time(x), scale(y)) for x, y in piece]
                add(group, "path", d=path(drawn), stroke_width=width)

    def _draw_reference(self, reference: Reference, scale: Scale) -> None:
        y, right = scale(reference.value), WIDTH_PX - RIGHT_PX
        line(self.root, (LEFT_PX, y), (right, y), INK, 1.2, "1 3")
        words(self.root, reference.text, (right - 6, y - 5), 11, anchor="end", halo=True)


def _axis(quantity: Quantity, values: list[float], top: float, height: float) -> tuple[Scale, Unit]:
    greatest = max(values, default=0)
    if quantity is Quantity.RATE:
        return upwards(values, top + height, top), fitting(RATES, greatest)
    if quantity is Quantity.LOSS:
        scale = upwards(values, top + height, top, at_least=_PERCENT.size)
        return replace(scale, high=min(scale.high, 1.0)), _PERCENT
    return by_factors(values, top + height, top), fitting(DELAYS, greatest)


def _pieces(points: tuple[Point, ...]) -> Iterator[list[tuple[float, float]]]:
    """The runs of points without a hole; a point alone becomes a dash as long as its bin."""
    bin_s = points[1][0] - points[0][0] if len(points) > 1 else 0.0
    for is_hole, group in groupby(points, key=lambda point: point[1] is None):
        piece = [(x, y) for x, y in group if y is not None]
        if len(piece) == 1:
            (x, y) = piece[0]
            piece = [(x - bin_s / 2, y), (x + bin_s / 2, y)]
        if not is_hole:
            yield piece


def _fit(text: str, shorter: str, width: float) -> str:
    """The text if it fits, else the shorter one, else as much of that as fits."""
    for candidate in (text, shorter):
        if text_width(candidate, 13) <= width:
            return candidate
    return shorter[: max(int(width / text_width("x", 13)) - 1, 0)]


def _seconds(at_ns: int) -> str:
    return f"{at_ns / NS_PER_S:.2f} s"
