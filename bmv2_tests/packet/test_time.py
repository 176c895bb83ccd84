"""Buckets in time: exact to the byte and the nanosecond, held against a bucket of fractions.

The interface is tagged and each colour has a queue of its own here, so a tag shows the colour.
"""

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scapy.packet import Packet, Raw

from p4rsvp.target.numbers import Colour, ServiceClass, Shape
from packet.frames import UDP, arriving, ipv4
from packet.network import host
from packet.router import Bucket, Router
from packet.target import SteppedTarget

QUEUE_OF = {Colour.GREEN: 4, Colour.YELLOW: 3, Colour.RED: 2}
COLOUR_OF = {queue: colour for colour, queue in QUEUE_OF.items()}
SESSION = {"destination": host(5), "protocol": 17, "destination_port": 6000}
HEADERS_BYTES = 14 + 20 + 8
NS_PER_S = 10**9


@dataclass
class Naive:
    """RFC 2698 3, blind to colour, in fractions of a byte."""

    rate: int
    burst: int
    tokens: Fraction
    last_ns: int

    def fill(self, now_ns: int) -> None:
        gained = Fraction(self.rate * (now_ns - self.last_ns), NS_PER_S)
        self.tokens = min(Fraction(self.burst), self.tokens + gained)
        self.last_ns = now_ns


def colour(committed: Naive, peak: Naive, length_bytes: int, now_ns: int) -> Colour:
    committed.fill(now_ns)
    peak.fill(now_ns)
    if peak.tokens < length_bytes:
        return Colour.RED
    peak.tokens -= length_bytes
    if committed.tokens < length_bytes:
        return Colour.YELLOW
    committed.tokens -= length_bytes
    return Colour.GREEN


@pytest.fixture
def coloured(router: Router) -> Router:
    """A router whose verdicts on controlled load tell the colours apart."""
    for each, queue in QUEUE_OF.items():
        router.judge(ServiceClass.CONTROLLED_LOAD, each, "send", queue=queue)
    return router


@pytest.fixture
def reserved(coloured: Router) -> int:
    """A reservation for everything that the tests here send; its meter is for them to set."""
    return coloured.reserve(5, Shape.IPV4_ANY_SOURCE, SESSION)


def frame_of(length_bytes: int) -> Packet:
    datagram = UDP(sport=5000, dport=6000, chksum=0) / Raw(bytes(length_bytes - HEADERS_BYTES))
    return arriving(1, ipv4(1, 5) / datagram)


def ask(target: SteppedTarget, length_bytes: int) -> Colour:
    """Send one frame of this length now; the colour that it got."""
    target.inject(1, bytes(frame_of(length_bytes)))
    tag = int.from_bytes(target.collect(0).frame[14:16], "big")
    return COLOUR_OF[tag >> 13]


@pytest.mark.rfc("2698", "3")
def test_a_bucket_fills_to_the_nanosecond(
    coloured: Router, reserved: int, stepped: SteppedTarget
) -> None:
    cost = stepped.counts(1000)
    coloured.meter("reservation_meter", reserved, Bucket(100 * cost, cost))  # a frame in 10 ms
    assert ask(stepped, 1000) == Colour.GREEN
    stepped.step(10_000_000 - 1)
    assert ask(stepped, 1000) == Colour.YELLOW
    stepped.step(1)
    assert ask(stepped, 1000) == Colour.GREEN


@pytest.mark.rfc("2698", "3")
def test_a_bucket_holds_no_more_than_its_burst(
    coloured: Router, reserved: int, stepped: SteppedTarget
) -> None:
    burst_bytes = stepped.counts(600) + stepped.counts(400)
    coloured.meter("reservation_meter", reserved, Bucket(100_000, burst_bytes))
    stepped.step(3600 * NS_PER_S)
    assert [ask(stepped, 600), ask(stepped, 401), ask(stepped, 400)] == [
        Colour.GREEN,
        Colour.YELLOW,
        Colour.GREEN,
    ]


rates = st.integers(0, 10**10)
bursts = st.integers(0, 10**5)
# P4Runtime 9.3: the peak rate is not below the committed rate.
buckets = st.tuples(rates, bursts, rates, bursts).map(
    lambda drawn: Bucket(min(drawn[::2]), drawn[1], max(drawn[::2]), drawn[3])
)
gaps_ns = st.integers(0, 10**4) | st.integers(0, 10**8) | st.integers(0, 10**12)
lengths_bytes = st.integers(HEADERS_BYTES, 1514)


@pytest.mark.rfc("2698", "3")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    bucket=buckets,
    arrivals=st.lists(st.tuples(gaps_ns, lengths_bytes), min_size=1, max_size=60),
)
def test_colours_are_those_of_two_naive_buckets(
    coloured: Router,
    reserved: int,
    stepped: SteppedTarget,
    bucket: Bucket,
    arrivals: list[tuple[int, int]],
) -> None:
    coloured.meter("reservation_meter", reserved, bucket)
    start_ns = stepped.now_ns
    committed = Naive(bucket[0], bucket[1], Fraction(bucket[1]), start_ns)
    peak = Naive(bucket[2], bucket[3], Fraction(bucket[3]), start_ns)
    for gap_ns, length_bytes in arrivals:
        stepped.step(gap_ns)
        expected = colour(committed, peak, stepped.counts(length_bytes), stepped.now_ns)
        assert ask(stepped, length_bytes) == expected
