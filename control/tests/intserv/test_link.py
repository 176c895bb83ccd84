"""A strict-priority link: what it exports, what a flow costs, and that the bound really holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4rsvp.intserv.admission import ClassLimit, Demand, LinkBudget
from p4rsvp.intserv.link import LinkConfig, plan
from p4rsvp.intserv.meter import BMV2, EXACT, NS_PER_S, MeterTarget
from p4rsvp.intserv.refusal import Refused
from p4rsvp.intserv.service import NO_DISTORTION
from p4rsvp.wire.adspec import NO_OVERRIDES, ErrorTerms
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.tspec import Tspec
from tests.intserv.buckets import Bucket, TwoRateMeter

# 10 Mbit/s; 5 % for control, 10 % for best effort.
LINK = LinkConfig(
    rate_bytes_per_s=1_250_000,
    mtu_bytes=1500,
    guaranteed=ClassLimit(500_000, 30_000),
    controlled_load=ClassLimit(1_000_000, 100_000),
    best_effort_rate_bytes_per_s=125_000,
    control_rate_bytes_per_s=62_500,
    control_burst_bytes=3_000,
    latency_us=5,
    jitter_us=10,
)
FLOW = Tspec(10_000.0, 6000.0, 30_000.0, 100, 1000)
VOICE = Flowspec(Service.GUARANTEED, FLOW, Rspec(20_000.0, 0))
DATA = Flowspec(Service.CONTROLLED_LOAD, FLOW)


@pytest.mark.rfc("2212", "Exported Information")
def test_d_is_the_bound_with_the_whole_burst_budget_in_use() -> None:
    # (30,000 + 3,000 + 1,538) bytes / 1,187,500 bytes/s = 29,084.6 us, and 10 us of jitter.
    assert LINK.exported_d_us == 29_095
    assert LINK.guaranteed_delay_us(30_000) == Fraction(34_538 * 10**6, 1_187_500)


def test_a_port_that_takes_frames_ahead_of_its_scheduler_adds_them_to_the_bound() -> None:
    link = replace(LINK, blocking_bytes=4 * 1538)
    excess_us = link.guaranteed_delay_us(0) - LINK.guaranteed_delay_us(0)
    assert excess_us == Fraction(3 * 1538 * 10**6, 1_187_500)


def test_controlled_load_waits_for_guaranteed_traffic_too() -> None:
    admitted = ClassLimit(187_500, 10_000)
    # (20,000 + 10,000 + 3,000 + 1,538) bytes / 1,000,000 bytes/s
    assert LINK.controlled_load_delay_us(admitted, 20_000) == 34_538


@pytest.mark.rfc("2215", "3.3")
def test_the_adspec_states_the_limits_in_ip_bytes() -> None:
    hop = LINK.hop()
    assert hop.bandwidth_bytes_per_s == pytest.approx(1_250_000 * 1500 / 1538)
    assert (hop.latency_us, hop.mtu_bytes) == (5, 1500)
    assert hop.guaranteed is not None
    assert hop.controlled_load is not None
    assert (hop.guaranteed.c_bytes, hop.guaranteed.d_us) == (1, 29_095)
    share = hop.guaranteed.overrides.path_bandwidth_bytes_per_s
    assert share == pytest.approx(500_000 * 1500 / 1538)
    assert hop.controlled_load.path_bandwidth_bytes_per_s == pytest.approx(1_000_000 * 1500 / 1538)


def test_a_class_that_may_take_the_whole_link_overrides_nothing() -> None:
    whole = ClassLimit(1_250_000, 1)
    link = replace(
        LINK, controlled_load=whole, best_effort_rate_bytes_per_s=0, control_rate_bytes_per_s=0
    )
    assert link.hop().controlled_load == NO_OVERRIDES


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"best_effort_rate_bytes_per_s": 1_200_000}, "rate_bytes_per_s"),
        ({"guaranteed": ClassLimit(1_100_000, 0)}, "guaranteed.rate_bytes_per_s"),
        ({"controlled_load": ClassLimit(-1, 0)}, "controlled_load.rate_bytes_per_s"),
        ({"guaranteed": ClassLimit(1, 2**40)}, "guaranteed.burst_bytes"),
    ],
)
def test_a_link_that_promises_too_much_is_refused_by_the_name_of_the_key(
    change: dict[str, object], name: str
) -> None:
    with pytest.raises(ValueError, match=name):
        replace(LINK, **change)  # type: ignore[arg-type]  # the point is a bad description


@pytest.mark.rfc("2205", "2.2")
def test_a_plan_reserves_the_service_rate_with_the_link_layer_on_top() -> None:
    planned = plan(LINK, VOICE, FLOW, NO_DISTORTION, entry=True)
    # m = 100 bytes of IP are 138 on the wire; R = 20,000, b = 6000.
    assert planned.demand == Demand(Service.GUARANTEED, 27_600, 8280)
    planned = plan(LINK, DATA, FLOW, NO_DISTORTION, entry=True)
    assert planned.demand == Demand(Service.CONTROLLED_LOAD, 13_800, 8280)


@pytest.mark.rfc("2212", "Policing")
def test_a_burst_that_grew_upstream_costs_more_here() -> None:
    upstream = ErrorTerms(0, 0, 500, 100_000)  # 500 bytes and 0.1 s at 10,000 bytes/s
    planned = plan(LINK, VOICE, FLOW, upstream, entry=False)
    assert planned.meter.cbs_bytes == 6000 + 500 + 1000
    assert planned.demand.burst_bytes == 10_350


@pytest.mark.rfc("2212", "Invocation Information")
@pytest.mark.parametrize("flowspec", [VOICE, DATA])
def test_packets_larger_than_the_mtu_are_refused(flowspec: Flowspec) -> None:
    with pytest.raises(Refused, match="MTU 999") as caught:
        plan(replace(LINK, mtu_bytes=999), flowspec, FLOW, NO_DISTORTION, entry=True)
    assert (caught.value.code, caught.value.value) == (1, 3)


def test_a_request_with_the_zeros_that_real_routers_send_can_be_planned() -> None:
    """Seen on the wire: m = 0 and M = 0 in the FLOWSPEC, M = 2**31 - 1 in the SENDER_TSPEC."""
    asked = Flowspec(Service.CONTROLLED_LOAD, Tspec(6000.0, 6000.0, 6000.0, 0, 0))
    path_te = Tspec(6000.0, 6000.0, 6000.0, 0, 2**31 - 1)
    planned = plan(LINK, asked, path_te, NO_DISTORTION, entry=True)
    assert planned.meter.cir_bytes_per_s == 6000
    # m counts as 64 bytes, which take 102 on the wire.
    assert planned.demand == Demand(Service.CONTROLLED_LOAD, 9563, 9563)


Packet = tuple[int, int, int]  # when (ns), from which flow, how long (IP bytes)
CONTROL, FLOWS = 0, 3


@st.composite
def offered(draw: st.DrawFn) -> list[Packet]:
    """Bursts and pauses of the reserved flows (1 to 3) and of control traffic (0)."""
    packet = st.tuples(
        st.just(0) | st.integers(0, 20_000_000),
        st.integers(0, FLOWS),
        st.integers(20, 60) | st.integers(20, 1500),
    )
    drawn = draw(st.lists(packet, max_size=60))
    times = accumulate(gap for gap, _, _ in drawn)
    return [(when, flow, size) for when, (_, flow, size) in zip(times, drawn, strict=True)]


def longest_guaranteed_wait_us(link: LinkConfig, queued: list[Packet]) -> Fraction:
    """Run two strict-priority queues above a best effort that is never short of full frames."""
    ns_per_byte = Fraction(NS_PER_S, link.rate_bytes_per_s)
    largest = link.layer.wire_bytes(link.mtu_bytes)
    free_ns, longest_ns = Fraction(0), Fraction(0)
    waiting = list(queued)
    while waiting:
        ready = [packet for packet in waiting if packet[0] <= free_ns]
        if not ready:
            # Idle for us: a frame of best effort has just begun when the next packet comes.
            free_ns = waiting[0][0] + largest * ns_per_byte
            continue
        chosen = min(ready, key=lambda packet: (packet[1] != CONTROL, packet[0]))
        waiting.remove(chosen)
        when_ns, flow, size = chosen
        free_ns += link.layer.wire_bytes(size) * ns_per_byte
        if flow != CONTROL:
            longest_ns = max(longest_ns, free_ns - when_ns)
    return longest_ns / 1000


@dataclass
class Scene:
    """The reserved flows of a link, admitted and metered, and its control traffic."""

    link: LinkConfig
    budget: LinkBudget[int]
    meters: dict[int, TwoRateMeter]
    control: Bucket

    @classmethod
    def build(cls, target: MeterTarget, bucket_bytes: float) -> Scene:
        link = replace(LINK, target=target, guaranteed=ClassLimit(1_000_000, 60_000))
        tspec = replace(
            FLOW, bucket_bytes=bucket_bytes, peak_rate_bytes_per_s=inf, max_packet_bytes=1500
        )
        flowspec = Flowspec(Service.GUARANTEED, tspec, Rspec(30_000.0, 0))
        scene = cls(
            link,
            LinkBudget(link.limits),
            {},
            Bucket.full(link.control_rate_bytes_per_s, link.control_burst_bytes),
        )
        for flow in range(1, FLOWS + 1):
            planned = plan(link, flowspec, tspec, NO_DISTORTION, entry=True)
            scene.budget.admit(flow, planned.demand)
            scene.meters[flow] = TwoRateMeter(planned.meter, target)
        return scene

    def bound_us(self) -> Fraction:
        return self.link.guaranteed_delay_us(self.budget.burst_bytes(Service.GUARANTEED))

    def queued(self, packets: list[Packet]) -> list[Packet]:
        """What the meters take as conforming, and as much control traffic as the link allows."""
        return [packet for packet in packets if self.takes(*packet)]

    def takes(self, when_ns: int, flow: int, size: int) -> bool:
        if flow != CONTROL:
            return self.meters[flow].is_green(when_ns, size)
        wire_bytes = self.link.layer.wire_bytes(size)
        if self.control.fill(when_ns) < wire_bytes:
            return False
        self.control.level_bytes -= wire_bytes
        return True


@pytest.mark.rfc("2212", "Network Element Data Handling Requirements")
@settings(max_examples=200)
@given(offered(), st.sampled_from((EXACT, BMV2)), st.integers(1500, 6000))
def test_no_guaranteed_packet_waits_longer_than_the_bound(
    packets: list[Packet], target: MeterTarget, bucket_bytes: int
) -> None:
    scene = Scene.build(target, float(bucket_bytes))
    wait_us = longest_guaranteed_wait_us(scene.link, scene.queued(packets))
    assert wait_us <= scene.bound_us() <= scene.link.exported_d_us


@pytest.mark.rfc("2212", "Network Element Data Handling Requirements")
@pytest.mark.parametrize(("target", "smallest"), [(EXACT, 100), (BMV2, 20)])
def test_greedy_sources_come_close_to_the_bound(target: MeterTarget, smallest: int) -> None:
    """All flows send their buckets at once, in the packets that cost the link most."""
    scene = Scene.build(target, 5000.0)
    burst = [(1, flow, smallest) for _ in range(300) for flow in range(1, FLOWS + 1)]
    control = [(1 + 100_000 * count, CONTROL, 62) for count in range(300)]
    packets = sorted([*burst, *control, *[(1, CONTROL, 62)] * 40])
    wait_us = longest_guaranteed_wait_us(scene.link, scene.queued(packets))
    assert Fraction(97, 100) * scene.bound_us() <= wait_us <= scene.bound_us()
