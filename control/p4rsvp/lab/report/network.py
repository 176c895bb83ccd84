"""The network as a drawing: columns from senders to receivers, links with their rates.

Routers are ordered by how much nearer they are to receivers than to senders. A host stands left of
its router if it sends, right of it otherwise. Within a column the order follows the neighbours'
(barycentres), which keeps links from crossing in networks as small as labs are.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from p4rsvp.lab.report.svg import GREY, INK, add, drawing, line, text_width, words
from p4rsvp.lab.report.units import rate
from p4rsvp.lab.results import Link, Node, Results, Topology

ROUTER, HOST = "#1f4e79", "#f4f6f9"
COLUMN_PX, ROW_PX, MARGIN_PX = 226, 84, 8
BOX_PX = (128, 46)
_SWEEPS = 4


def draw_network(results: Results) -> Element:
    """Draw the topology of a run."""
    topology = results.topology
    senders = {flow.sender for flow in results.flows}
    places = _Layout(topology, senders).places()
    width = max((x for x, _ in places.values()), default=0) + BOX_PX[0] + MARGIN_PX
    height = max((y for _, y in places.values()), default=0) + BOX_PX[1] + MARGIN_PX
    links = (" ".join([*link.ends, _rate_text(link), link.note]).strip() for link in topology.links)
    root = drawing(width, height, f"Network of {results.title}", f"Links: {'; '.join(links)}.")
    for link in topology.links:
        _draw_link(root, link, places)
    for node in topology.nodes:
        _draw_node(root, node, places[node.name])
    return root


@dataclass(slots=True)
class _Layout:
    """Where each node stands: the upper left corner of its box, without the margin."""

    topology: Topology
    senders: set[str]
    neighbours: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.neighbours = defaultdict(list)
        for link in self.topology.links:
            one, other = link.ends
            self.neighbours[one].append(other)
            self.neighbours[other].append(one)

    def places(self) -> dict[str, tuple[float, float]]:
        """Pixels for each node."""
        columns = self._columns()
        rows = self._rows(columns)
        tallest = max((len(names) for names in rows.values()), default=1)
        return {
            name: (
                column * COLUMN_PX + MARGIN_PX,
                (index + (tallest - len(names)) / 2) * ROW_PX + MARGIN_PX,
            )
            for column, names in rows.items()
            for index, name in enumerate(names)
        }

    def _columns(self) -> dict[str, int]:
        routers = {node.name for node in self.topology.nodes if node.is_router}
        columns = self._router_columns(routers)
        for node in self.topology.nodes:
            if node.name not in columns:
                at = next((columns[n] for n in self.neighbours[node.name] if n in routers), 0)
                columns[node.name] = at - 1 if node.name in self.senders else at + 1
        first = min(columns.values(), default=0)
        return {name: column - first for name, column in columns.items()}

    def _router_columns(self, routers: set[str]) -> dict[str, int]:
        hosts = {node.name for node in self.topology.nodes} - routers
        behind = self._distances(self._beside(hosts & self.senders) & routers, routers)
        ahead = self._distances(self._beside(hosts - self.senders) & routers, routers)
        order = {name: behind.get(name, 0) - ahead.get(name, 0) for name in routers}
        ranks = {value: rank for rank, value in enumerate(sorted(set(order.values())))}
        return {name: ranks[value] for name, value in order.items()}

    def _beside(self, names: set[str]) -> set[str]:
        return {neighbour for name in names for neighbour in self.neighbours[name]}

    def _distances(self, starts: set[str], among: set[str]) -> dict[str, int]:
        distances = dict.fromkeys(sorted(starts), 0)
        queue = list(distances)
        for name in queue:
            for neighbour in self.neighbours[name]:
                if neighbour in among and neighbour not in distances:
                    distances[neighbour] = distances[name] + 1
                    queue.append(neighbour)
        return distances

    def _rows(self, columns: dict[str, int]) -> dict[int, list[str]]:
        rows: dict[int, list[str]] = defaultdict(list)
        for node in self.topology.nodes:
            rows[columns[node.name]].append(node.name)
        for sweep in range(_SWEEPS):
            heights = {
                n: i - len(names) / 2 for names in rows.values() for i, n in enumerate(names)
            }
            for column in sorted(rows, reverse=bool(sweep % 2)):
                rows[column].sort(key=lambda name: self._barycentre(name, heights))
                names = rows[column]
                heights.update({n: i - len(names) / 2 for i, n in enumerate(names)})
        return rows

    def _barycentre(self, name: str, heights: dict[str, float]) -> float:
        around = [heights[neighbour] for neighbour in self.neighbours[name]]
        return sum(around) / len(around) if around else 0.0


def _draw_link(root: Element, link: Link, places: dict[str, tuple[float, float]]) -> None:
    start, end = (_centre(places[name]) for name in link.ends)
    shaped = link.rate_bits_per_s is not None
    line(root, start, end, INK if shaped else GREY, 2.5 if shaped else 1.2)
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    for text, text_y in ((_rate_text(link), y - 6), (link.note, y + 15)):
        if text:
            words(root, text, (x, text_y), 11, anchor="middle", halo=True)


def _centre(place: tuple[float, float]) -> tuple[float, float]:
    return place[0] + BOX_PX[0] / 2, place[1] + BOX_PX[1] / 2


def _rate_text(link: Link) -> str:
    return rate(link.rate_bits_per_s) if link.rate_bits_per_s else ""


def _draw_node(root: Element, node: Node, place: tuple[float, float]) -> None:
    (x, y), (width, height) = place, BOX_PX
    if node.is_router:
        fill, stroke, ink, round_px = ROUTER, ROUTER, "white", 6
    else:
        fill, stroke, ink, round_px = HOST, GREY, INK, 22
    add(root, "rect", x=x, y=y, width=width, height=height, rx=round_px, fill=fill, stroke=stroke)
    centre = x + width / 2
    name_y = y + (20 if node.note else height / 2 + 5)
    words(root, node.name, (centre, name_y), 14, anchor="middle", bold=True, fill=ink)
    if node.note:
        size = min(11, 11 * (width - 12) / text_width(node.note, 11))
        words(root, node.note, (centre, y + 36), size, anchor="middle", fill=ink)
