"""The page: verdict, expectations, network, plots, events, figures by phase, circumstances.

One file that opens from anywhere: styles are within, drawings are inline SVG, nothing is fetched
and nothing is executed.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from xml.etree.ElementTree import Element, tostring

from p4rsvp.lab.report import units
from p4rsvp.lab.report.figure import draw_figure, marked_events
from p4rsvp.lab.report.network import draw_network
from p4rsvp.lab.report.svg import add
from p4rsvp.lab.results import NS_PER_S, Event, Results, Totals, Verdict

_HEADINGS = (
    "Flow",
    "Sent",
    "Received",
    "Lost",
    "Lost packets",
    "Delay, mean",
    "Delay, worst",
    "Jitter",
    "Longest gap",
)
_MARKS = {
    Verdict.PASSED: "✓",
    Verdict.FAILED: "✗",
    Verdict.UNJUDGED: "○",
    Verdict.UNMEASURED: "○",
}


def make_page(results: Results) -> str:
    """The report as HTML."""
    html = Element("html", lang="en")
    _head(html, results)
    main = add(add(html, "body"), "main")
    _summary(main, results)
    _expectations(main, results)
    _drawing(main, "Network", draw_network(results))
    if results.flows:
        _drawing(main, "Traffic", draw_figure(results))
    _marked_events(main, results)
    _phases(main, results)
    _all_events(main, results)
    _circumstances(main, results)
    return "<!DOCTYPE html>\n" + tostring(html, encoding="unicode", method="html") + "\n"


def _head(html: Element, results: Results) -> None:
    head = add(html, "head")
    add(head, "meta", charset="utf-8")
    add(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    add(head, "title", f"{results.title}: p4rsvp lab")
    add(head, "style", files(__package__).joinpath("page.css").read_text("utf-8"))


def _summary(main: Element, results: Results) -> None:
    header = add(main, "header")
    add(header, "h1", results.title)
    verdict = results.verdict
    kept = sum(outcome.verdict is Verdict.PASSED for outcome in results.outcomes)
    said = f"{verdict.value}: {kept} of {len(results.outcomes)} expectations met"
    add(header, "p", f"{_MARKS[verdict]} {said}", class_=f"verdict {verdict.name.lower()}")
    if results.stalled:
        add(header, "p", f"While it ran, {results.stalled}.", class_="note")
    add(header, "p", results.description)
    how = f"{results.variant} run of {results.scenario} on {results.target}, {results.mode}"
    setup, ran = units.duration(results.setup_ns), units.duration(results.duration_ns)
    when = f"{results.started}; set up in {setup}, ran for {ran}"
    add(header, "p", f"{how}; {when}", class_="note")


def _expectations(main: Element, results: Results) -> None:
    section = _section(main, "Expectations")
    body = add(_table(section, ("", "Expected", "Measured")), "tbody")
    for outcome in results.outcomes:
        row = add(body, "tr", class_=outcome.verdict.name.lower())
        add(row, "td", f"{_MARKS[outcome.verdict]} {outcome.verdict.value}", class_="mark")
        add(row, "td", outcome.expected)
        add(row, "td", outcome.measured)


def _drawing(main: Element, title: str, svg: Element) -> None:
    frame = add(_section(main, title), "div", class_="drawing")
    svg.attrib.pop("xmlns")  # HTML knows SVG without
    frame.append(svg)


def _marked_events(main: Element, results: Results) -> None:
    marked = marked_events(results)
    if marked:
        _events(_section(main, "Events in the plots"), marked, numbered=True)


def _all_events(main: Element, results: Results) -> None:
    details = add(_section(main, "All events"), "details")
    add(details, "summary", f"{len(results.events)} events, in the order of time")
    _events(details, sorted(results.events, key=lambda event: event.at_ns), numbered=False)


def _events(parent: Element, events: Iterable[Event], *, numbered: bool) -> None:
    body = add(_table(parent, ("", "Time", "Node", "Event"), numbers=(1,)), "tbody")
    for number, event in enumerate(events, 1):
        row = add(body, "tr")
        cell = add(row, "td", class_="mark")
        if numbered:
            add(cell, "span", str(number), class_="number")
        add(row, "td", f"{event.at_ns / NS_PER_S:.3f} s", class_="figure")
        add(row, "td", event.node)
        add(row, "td", event.text)


def _phases(main: Element, results: Results) -> None:
    if not results.flows:
        return
    section = _section(main, "Figures by phase")
    table = _table(section, _HEADINGS, numbers=range(1, len(_HEADINGS)))
    for phase in results.phases:
        start, end = phase.start_ns / NS_PER_S, phase.end_ns / NS_PER_S
        body = add(table, "tbody")
        title = f"{phase.title} ({start:.1f} s to {end:.1f} s)"
        add(add(body, "tr"), "th", title, scope="rowgroup", colspan=len(_HEADINGS), class_="phase")
        for flow, totals in results.totals(phase):
            row = add(body, "tr")
            add(row, "td", flow.label, title=flow.title)
            for text in _figures(totals):
                add(row, "td", text, class_="figure")


def _figures(totals: Totals) -> tuple[str, ...]:
    """As `_HEADINGS` names them, after the flow."""
    return (
        units.rate(totals.sent_bits_per_s),
        units.rate(totals.received_bits_per_s),
        units.share(totals.loss_share),
        f"{totals.lost_packets:,} of {totals.sent_packets:,}",
        units.delay(totals.delay_mean_us),
        units.delay(totals.delay_max_us),
        units.delay(totals.jitter_us),
        units.delay(totals.gap_us if totals.received_packets else None),
    )


def _circumstances(main: Element, results: Results) -> None:
    section = _section(main, "Where and with what")
    said = add(section, "dl")
    for name, text in (results.machine | results.versions).items():
        add(said, "dt", name)
        add(said, "dd", text)
    again = "" if results.variant == "long" else f" --{results.variant}"
    add(section, "p", "Again: ").append(_code(f"p4rsvp lab run {results.scenario}{again}"))


def _code(text: str) -> Element:
    element = Element("code")
    element.text = text
    return element


def _section(main: Element, title: str) -> Element:
    section = add(main, "section")
    add(section, "h2", title)
    return section


def _table(parent: Element, headings: tuple[str, ...], numbers: Iterable[int] = ()) -> Element:
    """Begin a table; the columns of numbers are flush right."""
    table = add(add(parent, "div", class_="wide"), "table")
    row = add(add(table, "thead"), "tr")
    for index, heading in enumerate(headings):
        cell = add(row, "th", heading, scope="col") if heading else add(row, "td")
        if index in numbers:
            cell.set("class", "figure")
    return table
