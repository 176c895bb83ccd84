"""The mapping of a Tspec to a meter, against token buckets simulated exactly."""

from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.intserv.meter import BMV2, EXACT, NS_PER_S, LinkLayer, MeterTarget, meter_for
from p4rsvp.intserv.refusal import Refused
from p4rsvp.intserv.services import envelope
from p4rsvp.intserv.single import single
from p4rsvp.wire.adspec import ErrorTerms
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.tspec import Tspec
from tests.intserv.buckets import Conformance, TwoRateMeter

ETHERNET = LinkLayer()
MTU = 1500
FLOW = Tspec(10_000.0, 6000.0, 30_000.0, 100, 1000)
COARSE = MeterTarget(
    "coarse", frame_bytes=18, tick_ns=100_000, rate_step_bytes_per_s=1000, burst_step_bytes=512
)
targets = st.sampled_from((EXACT, BMV2, COARSE))
rates = st.floats(1e3, 1e6).map(single)


@st.composite
def flows(draw: st.DrawFn) -> Tspec:
    slow, fast = sorted((draw(rates), draw(rates)))
    smallest, largest = sorted((draw(st.integers(20, 200)), draw(st.integers(64, MTU))))
    bucket = draw(st.floats(largest, 20_000).map(single))
    return Tspec(slow, bucket, draw(st.sampled_from((fast, inf))), smallest, largest)


arrivals = st.lists(
    st.tuples(st.integers(0, 200_000_000) | st.just(0), st.integers(20, MTU)), max_size=40
).map(
    lambda drawn: list(
        zip(accumulate(gap for gap, _ in drawn), (size for _, size in drawn), strict=True)
    )
)
Arrivals = list[tuple[int, int]]


@pytest.mark.rfc("2212", "Policing")
@given(flows(), targets, arrivals)
def test_no_conforming_packet_is_marked(flow: Tspec, target: MeterTarget, sent: Arrivals) -> None:
    meter = TwoRateMeter(meter_for(flow, target, ETHERNET, MTU), target)
    conformance = Conformance(flow)
    for now_ns, ip_bytes in sent:
        if conformance.accepts(now_ns, ip_bytes):
            assert meter.is_green(now_ns, ip_bytes)


@pytest.mark.rfc("2212", "Policing")
def test_a_coarse_clock_marks_no_packet_of_a_steady_flow_at_its_peak() -> None:
    target = MeterTarget("coarse clock", tick_ns=100_000)
    steady = Tspec(900_000.0, 20_000.0, 1_000_000.0, 100, 1050)
    meter = TwoRateMeter(meter_for(steady, target, ETHERNET, MTU), target)
    # 1050 bytes every 1.05 ms, of which the clock sees now 1.0 ms and now 1.1 ms.
    assert all(meter.is_green(count * 1_050_000, 1050) for count in range(50))


@pytest.mark.rfc("2212", "Policing")
@given(flows(), targets, arrivals, st.integers(1, 50_000), st.data())
def test_no_conforming_packet_is_marked_behind_a_hop_that_delays_it_by_up_to_d(
    flow: Tspec, target: MeterTarget, sent: Arrivals, d_us: int, data: st.DataObject
) -> None:
    """Csum and Dsum carry the growth of bursts from hop to hop."""
    flowspec = Flowspec(Service.GUARANTEED, flow, Rspec(flow.token_rate_bytes_per_s, 0))
    policed = envelope(flowspec, ErrorTerms(0, 0, 1, d_us), entry=False).tspec
    meter = TwoRateMeter(meter_for(policed, target, ETHERNET, MTU), target)
    conformance = Conformance(flow)
    left_ns = 0
    for now_ns, ip_bytes in sent:
        if conformance.accepts(now_ns, ip_bytes):
            delayed_ns = now_ns + data.draw(st.integers(0, d_us * 1000))
            left_ns = max(left_ns, delayed_ns)  # packets do not overtake one another
            assert meter.is_green(left_ns, ip_bytes)


@pytest.mark.rfc("2212", "Policing")
@given(flows(), targets, arrivals)
def test_no_more_passes_than_the_stated_error_allows(
    flow: Tspec, target: MeterTarget, sent: Arrivals
) -> None:
    config = meter_for(flow, target, ETHERNET, MTU)
    meter = TwoRateMeter(config, target)
    passed = [(now, size) for now, size in sent if meter.is_green(now, size)]
    rate, bucket = Fraction(flow.token_rate_bytes_per_s), Fraction(flow.bucket_bytes)
    for first, (start_ns, _) in enumerate(passed):
        counted = 0
        for now_ns, size in passed[first:]:
            counted += max(size, flow.min_policed_bytes)
            allowed = rate * (now_ns - start_ns) / NS_PER_S + bucket
            assert counted <= config.excess_factor * allowed + config.excess_bytes


@pytest.mark.rfc("2212", "Policing")
@given(flows(), arrivals)
def test_an_exact_target_passes_what_conforms_and_nothing_else(flow: Tspec, sent: Arrivals) -> None:
    whole = replace(
        flow,
        token_rate_bytes_per_s=float(round(flow.token_rate_bytes_per_s)),
        bucket_bytes=float(round(flow.bucket_bytes)),
        peak_rate_bytes_per_s=inf,
        max_packet_bytes=MTU,
    )
    config = meter_for(whole, EXACT, ETHERNET, MTU)
    meter, conformance = TwoRateMeter(config, EXACT), Conformance(whole)
    assert config.excess_factor == 1
    assert config.excess_bytes == 0
    for now_ns, ip_bytes in sent:
        assert meter.is_green(now_ns, ip_bytes) == conformance.accepts(now_ns, ip_bytes)


@pytest.mark.rfc("2698", "2")
def test_the_exact_mapping_is_the_tspec_itself() -> None:
    meter = meter_for(FLOW, EXACT, ETHERNET, MTU)
    assert (meter.cir_bytes_per_s, meter.cbs_bytes) == (10_000, 6000)
    assert (meter.pir_bytes_per_s, meter.pbs_bytes) == (30_000, 1000)
    assert meter.min_policed_bytes == 100
    # A packet of m = 100 bytes takes 100 + 18 + 20 bytes on Ethernet.
    assert meter.ratios.wire_per_meter == Fraction(138, 100)


@pytest.mark.rfc("2212", "Guidelines for Implementors")
def test_a_meter_of_frames_is_scaled_for_headers_on_the_smallest_packets() -> None:
    meter = meter_for(FLOW, BMV2, ETHERNET, MTU)
    assert meter.ratios.meter_per_tspec == Fraction(114, 100)  # 14 bytes of header on m = 100
    assert meter.cir_bytes_per_s == 11_400
    assert meter.cbs_bytes == 6840 + 1  # a tick of one microsecond is less than a byte
    # It knows no m: packets of 20 bytes count 34 where the Tspec counts 100.
    assert meter.excess_factor == Fraction(100, 34) * Fraction(114, 100)


def test_an_unknown_peak_rate_leaves_the_peak_bucket_wide_open() -> None:
    meter = meter_for(replace(FLOW, peak_rate_bytes_per_s=inf), EXACT, ETHERNET, MTU)
    assert meter.pir_bytes_per_s == EXACT.rate_max_bytes_per_s
    assert meter.pbs_bytes == EXACT.burst_max_bytes


def test_zeros_for_m_and_for_the_largest_packet_are_taken_as_unsaid() -> None:
    meter = meter_for(replace(FLOW, min_policed_bytes=0, max_packet_bytes=0), EXACT, ETHERNET, MTU)
    assert meter.min_policed_bytes == 64
    assert meter.pbs_bytes == MTU


@pytest.mark.rfc("2211", "5")
@pytest.mark.parametrize(
    "flow",
    [
        replace(FLOW, bucket_bytes=2.0**33, peak_rate_bytes_per_s=inf),
        replace(FLOW, token_rate_bytes_per_s=2.0**41, peak_rate_bytes_per_s=inf),
    ],
)
def test_what_a_target_cannot_hold_is_refused_and_not_cut(flow: Tspec) -> None:
    with pytest.raises(Refused, match="cannot hold") as caught:
        meter_for(flow, BMV2, ETHERNET, MTU)
    assert (caught.value.code, caught.value.value) == (1, 2)
