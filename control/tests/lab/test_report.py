"""The report: whole, self-contained, and legible."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree.ElementTree import Element, fromstring

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.lab.report import units
from p4rsvp.lab.report.curves import looks, plots
from p4rsvp.lab.report.figure import draw_figure
from p4rsvp.lab.report.network import BOX_PX, draw_network
from p4rsvp.lab.report.page import make_page
from p4rsvp.lab.report.scale import by_factors, round_step, upwards
from p4rsvp.lab.report.svg import serialise
from p4rsvp.lab.results import BIN_NS, Event, Flow, Outcome, Phase, Results, Sample, Stall, Verdict

from .runs import SILENT, WHOLE, small_run

SVG = "{http://www.w3.org/2000/svg}"


def reread(drawing: Element) -> Element:
    return fromstring(serialise(drawing))  # noqa: S314  # what we have just written


def texts(drawing: Element) -> list[str]:
    return [element.text or "" for element in reread(drawing).iter(f"{SVG}text")]


def circles(drawing: Element) -> list[tuple[float, float]]:
    found = reread(drawing).iter(f"{SVG}circle")
    return [(float(circle.attrib["cx"]), float(circle.attrib["cy"])) for circle in found]


def with_events(*times_ns: int) -> Results:
    return small_run(events=tuple(Event(at, "h1", "event", marked=True) for at in times_ns))


def test_the_page_fetches_and_executes_nothing() -> None:
    page = make_page(small_run())
    assert not re.search(r"<(script|link|img|iframe|object)\b|@import|url\(|https?://", page)


def test_what_people_wrote_into_a_scenario_is_shown_and_not_obeyed() -> None:
    page = make_page(small_run())
    assert "Video &lt;against&gt; flood" in page
    assert "<against>" not in page


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict.PASSED, "passed: 1 of 1"),
        (Verdict.FAILED, "failed: 0 of 1"),
        (Verdict.UNMEASURED, "not measured: 0 of 1"),
    ],
)
def test_the_page_says_first_how_it_went(verdict: Verdict, said: str) -> None:
    page = make_page(small_run(outcomes=(Outcome("no loss", "none", verdict),)))
    assert said in page
    assert page.index(said) < page.index("<h2>")


def test_the_page_says_that_the_machine_stalled() -> None:
    page = make_page(small_run(stalls=(Stall(12_300_000_000, 210_000_000, "video"),)))
    assert "the machine stalled for up to 210 ms at 12.3 s" in page
    assert "stalled" not in make_page(small_run())


def test_a_run_without_traffic_has_a_page_without_plots() -> None:
    page = make_page(small_run(flows=()))
    assert "<h2>Network</h2>" in page
    assert "<h2>Traffic</h2>" not in page


def test_every_axis_names_its_unit() -> None:
    said = texts(draw_figure(small_run()))
    assert {"Rate received, Mbit/s", "Loss, %"} < set(said)
    assert any(re.fullmatch(r"Delay, one way, (µs|ms|s)( \(logarithmic\))?", text) for text in said)
    assert "time since the start, s" in said


def test_no_more_is_lost_than_everything() -> None:
    lost = Flow("f", "h1", "h2", "", (Sample(10, 1000, 0, 0, 10),) * 3)
    axis = texts(draw_figure(small_run(flows=(lost,))))
    assert "100" in axis[axis.index("Loss, %") :]
    assert "150" not in axis


def test_drawings_tell_who_cannot_see_them_what_they_show() -> None:
    for drawing in (draw_figure(small_run()), draw_network(small_run())):
        root = reread(drawing)
        assert root.attrib["role"] == "img"
        assert root.findtext(f"{SVG}title")
        assert root.findtext(f"{SVG}desc")


@given(st.lists(st.integers(0, 20 * BIN_NS), max_size=30))
def test_numbers_of_events_never_touch(times_ns: list[int]) -> None:
    places = circles(draw_figure(with_events(*times_ns)))
    assert len(places) == len(times_ns)
    for (x1, y1), (x2, y2) in combinations(places, 2):
        assert abs(x1 - x2) > 18 or abs(y1 - y2) > 18


def test_a_phase_too_short_for_its_title_is_called_by_less() -> None:
    phases = (
        Phase("a", "A title that is by far too long for its phase", 0, BIN_NS),
        Phase("b", "Rest", BIN_NS, 20 * BIN_NS),
    )
    said = texts(draw_figure(small_run(phases=phases)))
    assert "a" in said
    assert not any(text.startswith("A title") for text in said)


def test_a_curve_is_interrupted_where_nothing_was_measured() -> None:
    flow = Flow("f", "h1", "h2", "", (WHOLE, WHOLE, SILENT, WHOLE))
    drawn = reread(draw_figure(small_run(flows=(flow,))))
    delays = [
        group for group in drawn.iter(f"{SVG}g") if group.findtext(f"{SVG}title") == "f at h2"
    ]
    assert len(delays[-1].findall(f"{SVG}path")) == 4  # two pieces, of the mean and of the worst


def test_many_flows_have_a_plot_for_each_receiver_and_a_look_for_each_name() -> None:
    flows = tuple(
        Flow(name, "h1", receiver, "", (WHOLE,) * 4)
        for name in ("a", "b", "c")
        for receiver in ("h2", "h3")
    )
    run = small_run(flows=flows)
    assert [plot.title for plot in plots(run)[:2]] == ["Rate received at h2", "Rate received at h3"]
    assert list(looks(run)) == ["a", "b", "c"]


def test_no_two_flows_of_a_plot_look_alike() -> None:
    flows = tuple(Flow(f"f{number}", "h1", "h2", "", (WHOLE,)) for number in range(24))
    assert len(set(looks(small_run(flows=flows)).values())) == 24


def test_senders_stand_left_and_receivers_right_in_the_network() -> None:
    root = reread(draw_network(small_run()))
    x = {text.text: float(text.attrib["x"]) for text in root.iter(f"{SVG}text")}
    assert x["h1"] == x["h3"] < x["r1"] < x["h2"]


def test_boxes_of_the_network_do_not_overlap() -> None:
    root = reread(draw_network(small_run()))
    boxes = [r for r in root.iter(f"{SVG}rect") if "rx" in r.attrib]
    corners = [(float(box.attrib["x"]), float(box.attrib["y"])) for box in boxes]
    for (x1, y1), (x2, y2) in combinations(corners, 2):
        assert abs(x1 - x2) >= BOX_PX[0] or abs(y1 - y2) >= BOX_PX[1]


def test_the_same_results_make_the_same_page() -> None:
    run = small_run()
    again = msgspec.json.decode(msgspec.json.encode(run), type=Results)
    assert make_page(again) == make_page(run)


@given(st.lists(st.floats(1e-3, 1e12), min_size=1, max_size=5))
def test_axes_hold_all_values_and_have_a_few_ticks(values: list[float]) -> None:
    for scale in (upwards(values, 0, 100), by_factors(values, 0, 100)):
        assert all(-0.01 <= scale(value) <= 100.01 for value in values)
        ticks = scale.ticks()
        assert 2 <= len(ticks) <= 20


@given(st.floats(1e-9, 1e12))
def test_a_step_is_the_next_round_number(least: float) -> None:
    step = round_step(least)
    assert least * (1 - 1e-6) <= step <= least * 2.5 * (1 + 1e-6)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (units.rate(0), "0 bit/s"),
        (units.rate(9_990_000), "9.99 Mbit/s"),
        (units.delay(999.4), "999 µs"),
        (units.delay(12_345), "12.3 ms"),
        (units.delay(None), "none"),
        (units.share(0.00001), "< 0.01 %"),
        (units.share(0), "0 %"),
        (units.duration(61_250_000_000), "61.2 s"),
    ],
)
def test_quantities_have_three_digits_and_a_unit(said: str, text: str) -> None:
    assert said == text
