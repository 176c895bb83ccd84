"""RFC 2205's notation of requests: read, written, and compared with what a router holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.lab.script.notation import NotationError, Part, Request, held, read_request
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.wire.style import StyleId

NAMES = st.from_regex(r"[a-z][a-z0-9]{0,4}", fullmatch=True)
SIZES = st.one_of(st.none(), st.integers(1, 99).map(float), st.just(0.5))


@st.composite
def requests(draw: st.DrawFn) -> Request:
    style = draw(st.sampled_from(StyleId))
    if style is StyleId.WF:
        return Request(style, (Part((), draw(SIZES)),))
    names = sorted(draw(st.sets(NAMES, min_size=1, max_size=4)))
    if style is StyleId.SE:
        return Request(style, (Part(tuple(names), draw(SIZES)),))
    return Request(style, tuple(Part((name,), draw(SIZES)) for name in names))


def state(
    style: str, senders: list[str], rate_bytes_per_s: float, status: str = "STATUS_INSTALLED"
) -> pb.ReservationState:
    return pb.ReservationState(
        style=style, senders=senders, token_rate_bytes_per_s=rate_bytes_per_s, status=status
    )


@given(requests())
def test_a_request_is_read_as_it_is_written(request: Request) -> None:
    assert read_request(str(request)) == request


@pytest.mark.rfc("2205", "1.3")
@pytest.mark.parametrize(
    "text",
    ["WF(*{4B})", "FF(s1{4B}, s2{5B})", "FF(s1{3B}, s3{B})", "SE((s1,s2){B})", "SE(s2{2B})"],
)
def test_the_figures_of_the_rfc_can_be_written(text: str) -> None:
    assert str(read_request(text)) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("XX(s1)", "is not WF"),
        ("FF(s1", "is not WF"),
        ("WF(s1{4B})", "WF takes"),
        ("FF(*{4B})", "WF takes"),
        ("SE(s1{B}, s2{B})", "WF takes"),
        ("FF(s1{4C})", "cannot read 's1{4C}'"),
        ("FF()", "WF takes"),
    ],
)
def test_what_is_no_request_is_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(NotationError, match=why.replace("{", r"\{")):
        read_request(text)


def test_what_a_router_holds_is_told_by_flows_and_multiples() -> None:
    states = [state("FF", ["10.0.0.2:7"], 500), state("FF", ["10.0.0.1:7"], 400)]
    names = {"10.0.0.1:7": "s1", "10.0.0.2:7": "s2"}
    assert str(held(states, names, 100)) == "FF(s1{4B}, s2{5B})"


def test_what_the_switch_has_not_confirmed_is_not_held() -> None:
    pending = state("WF", [], 400, status="STATUS_PENDING")
    assert held([pending], {}, 100) is None


@pytest.mark.parametrize(
    ("wanted", "found", "met"),
    [
        ("FF(s1{4B})", "FF(s1{4B})", True),
        ("FF(s1)", "FF(s1{4B})", True),
        ("FF(s1{4B})", "FF(s1{3B})", False),
        ("FF(s1)", "FF(s1{B}, s2{B})", False),
        ("FF(s1)", "SE(s1{B})", False),
    ],
)
def test_a_size_that_is_not_said_may_be_any(wanted: str, found: str, *, met: bool) -> None:
    assert read_request(wanted).is_met_by(read_request(found)) is met


def test_nothing_meets_no_request() -> None:
    assert not read_request("WF(*)").is_met_by(None)
