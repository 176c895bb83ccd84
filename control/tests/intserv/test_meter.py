"""The mapping of a Tspec to a meter, against token buckets simulated exactly."""

from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.intserv.admission import ClassLimit, Demand
from p4rsvp.intserv.link import LinkConfig, plan
from p4rsvp.intserv.meter import (
    BMV2,
    EXACT,
    IP_HEADER_BYTES,
    NS_PER_S,
    WIRE,
    LinkLayer,
    MeterTarget,
    meter_for,
)
from p4rsvp.intserv.refusal import Refused
from p4rsvp.intserv.service import NO_DISTORTION
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
MIXED = replace(WIRE, name="tagged and not", tag_bytes=4)
targets = st.sampled_from((EXACT, BMV2, WIRE, MIXED, COARSE))
layers = st.builds(LinkLayer, st.integers(14, 40), st.integers(0, 128), st.integers(0, 40))
rates = st.floats(1e3, 1e6).map(single)


@st.composite
def flows(draw: st.DrawFn) -> Tspec:
    slow, fast = sorted((draw(rates), draw(rates)))
    smallest, largest = sorted((draw(st.integers(20, 200)), draw(st.integers(64, MTU))))
    bucket = draw(st.floats(largest, 20_000).map(single))
    return Tspec(slow, bucket, draw(st.sampled_from((fast, inf))), smallest, largest)


packets = st.tuples(st.integers(0, 200_000_000) | st.just(0), st.integers(20, MTU), st.booleans())
arrivals = st.lists(packets, max_size=40).map(
    lambda drawn: [
        (now_ns, *packet)
        for now_ns, (_, *packet) in zip(accumulate(gap for gap, _, _ in drawn), drawn, strict=True)
    ]
)
Arrivals = list[tuple[int, int, bool]]  # when, of how many bytes, in a tagged frame


@pytest.mark.rfc("2212", "Policing")
@given(flows(), targets, arrivals)
def test_no_conforming_packet_is_marked(flow: Tspec, target: MeterTarget, sent: Arrivals) -> None:
    meter = TwoRateMeter(meter_for(flow, target, ETHERNET, MTU), target)
    conformance = Conformance(flow)
    for now_ns, ip_bytes, is_tagged in sent:
        if conformance.accepts(now_ns, ip_bytes):
            assert meter.is_green(now_ns, ip_bytes, is_tagged=is_tagged)


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
    for now_ns, ip_bytes, is_tagged in sent:
        if conformance.accepts(now_ns, ip_bytes):
            delayed_ns = now_ns + data.draw(st.integers(0, d_us * 1000))
            left_ns = max(left_ns, delayed_ns)  # packets do not overtake one another
            assert meter.is_green(left_ns, ip_bytes, is_tagged=is_tagged)


@pytest.mark.rfc("2212", "Policing")
@given(flows(), targets, arrivals)
def test_no_more_passes_than_the_stated_error_allows(
    flow: Tspec, target: MeterTarget, sent: Arrivals
) -> None:
    config = meter_for(flow, target, ETHERNET, MTU)
    meter = TwoRateMeter(config, target)
    passed = passed_by(meter, sent)
    rate, bucket = Fraction(flow.token_rate_bytes_per_s), Fraction(flow.bucket_bytes)
    for first, (start_ns, _) in enumerate(passed):
        counted = 0
        for now_ns, size in passed[first:]:
            counted += max(size, flow.min_policed_bytes)
            allowed = rate * (now_ns - start_ns) / NS_PER_S + bucket
            assert counted <= config.excess_factor * allowed + config.excess_bytes


def passed_by(meter: TwoRateMeter, sent: Arrivals) -> list[tuple[int, int]]:
    return [(now, size) for now, size, tag in sent if meter.is_green(now, size, is_tagged=tag)]


@pytest.mark.rfc("2212", "Guidelines for Implementors")
@given(flows(), targets, layers, arrivals)
def test_what_passes_takes_no_more_of_the_link_than_is_charged(
    flow: Tspec, target: MeterTarget, layer: LinkLayer, sent: Arrivals
) -> None:
    charged = demand_of(flow, target, layer)
    meter = TwoRateMeter(meter_for(flow, target, layer, MTU), target)
    passed = passed_by(meter, sent)
    for first, (start_ns, _) in enumerate(passed):
        taken = 0
        for now_ns, size in passed[first:]:
            taken += layer.wire_bytes(size)
            # A coarse clock may take the interval for a tick longer than it was.
            lasted_ns = now_ns - start_ns + target.tick_ns
            allowed = Fraction(charged.rate_bytes_per_s * lasted_ns, NS_PER_S)
            assert taken <= allowed + charged.burst_bytes


def demand_of(flow: Tspec, target: MeterTarget, layer: LinkLayer) -> Demand:
    limit = ClassLimit(10**8, 10**8)
    link = LinkConfig(10**9, MTU, limit, limit, 0, 0, 0, layer=layer, target=target)
    wanted = Flowspec(Service.CONTROLLED_LOAD, replace(flow, max_packet_bytes=MTU))
    return plan(link, wanted, wanted.tspec, NO_DISTORTION, entry=True).demand


@pytest.mark.rfc("2212", "Guidelines for Implementors")
@given(flows(), layers)
def test_packets_of_m_bytes_cost_the_link_most(flow: Tspec, layer: LinkLayer) -> None:
    m = flow.min_policed_bytes
    most = max(Fraction(layer.wire_bytes(n), max(n, m)) for n in range(IP_HEADER_BYTES, MTU + 1))
    assert most == layer.wire_per_tspec(flow)


@pytest.mark.rfc("2212", "Guidelines for Implementors")
@given(flows(), targets, layers)
def test_no_charge_is_less_than_what_conforming_packets_may_take(
    flow: Tspec, target: MeterTarget, layer: LinkLayer
) -> None:
    rate = Fraction(flow.token_rate_bytes_per_s)
    assert demand_of(flow, target, layer).rate_bytes_per_s >= layer.wire_per_tspec(flow) * rate


@pytest.mark.rfc("2212", "Guidelines for Implementors")
@pytest.mark.parametrize("target", [EXACT, WIRE])
@given(flow=flows())
def test_a_target_that_counts_as_the_tspec_or_as_the_link_does_charges_no_more_than_that(
    target: MeterTarget, flow: Tspec
) -> None:
    needed = ETHERNET.wire_per_tspec(flow) * Fraction(flow.token_rate_bytes_per_s)
    # CIR and the demand are whole numbers, rounded up.
    assert demand_of(flow, target, ETHERNET).rate_bytes_per_s <= needed + 1 + 138


@given(flows(), targets, layers)
def test_the_ratios_hold_for_packets_of_every_length(
    flow: Tspec, target: MeterTarget, layer: LinkLayer
) -> None:
    m = flow.min_policed_bytes
    ratios = meter_for(flow, target, layer, MTU).ratios
    for n in range(IP_HEADER_BYTES, MTU + 1):
        least = target.counted_bytes(n, m)
        most = target.counted_bytes(n, m, is_tagged=True)
        assert layer.wire_bytes(n) <= ratios.wire_per_meter * least
        assert max(n, m) <= ratios.tspec_per_meter * least
        if n <= flow.max_packet_bytes:
            assert most <= ratios.meter_per_tspec * max(n, m)


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
    for now_ns, ip_bytes, _ in sent:
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


@pytest.mark.rfc("2212", "Guidelines for Implementors")
@pytest.mark.parametrize(
    ("target", "m", "charge"),
    [
        (WIRE, 64, Fraction(102, 64)),  # 64 bytes of IP take 102 on an Ethernet
        (WIRE, 200, Fraction(238, 200)),
        (WIRE, 1000, Fraction(1038, 1000)),
        # A frame of 34 bytes, which takes 84, is the dearest that bmv2 takes for so little.
        (BMV2, 64, Fraction(78, 64) * Fraction(84, 34)),
        (BMV2, 1000, Fraction(1014, 1000) * Fraction(84, 34)),
    ],
)
def test_what_a_byte_of_the_token_rate_is_charged(
    target: MeterTarget, m: int, charge: Fraction
) -> None:
    ratios = meter_for(replace(FLOW, min_policed_bytes=m), target, ETHERNET, MTU).ratios
    assert ratios.meter_per_tspec * ratios.wire_per_meter == charge


def test_where_no_wire_is_a_meter_of_frames_charges_little_more_than_it_lets_through() -> None:
    between_veths = LinkLayer(frame_min_bytes=0, gap_bytes=0)
    ratios = meter_for(replace(FLOW, min_policed_bytes=64), BMV2, between_veths, MTU).ratios
    assert ratios.meter_per_tspec * ratios.wire_per_meter == Fraction(78, 64) * Fraction(38, 34)


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
