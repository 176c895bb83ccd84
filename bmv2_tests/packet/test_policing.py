"""What happens to what keeps to its reservation and what does not: queues, marks, counts.

Rates are zero, so that a bucket does not fill while a test runs; what is exact to the
byte is the burst.
"""

import pytest
from scapy.packet import Packet

from p4rsvp.target.numbers import (
    NO_RESERVATION,
    Colour,
    DropReason,
    ServiceClass,
    Shape,
    Verdict,
    drop_cell,
    port_class_cell,
    reservation_cell,
)
from packet.frames import UDP, arriving, ipv4, ipv6, leaving, udp
from packet.network import host
from packet.router import EXPEDITED, QUEUES, Bucket, Router

FLOW = {
    "destination": host(5),
    "protocol": 17,
    "destination_port": 6000,
    "source": host(1),
    "source_port": 5000,
}
PACKET = ipv4(1, 5) / udp()
FRAME_BYTES = len(arriving(1, PACKET))
TWO_FRAMES = (FRAME_BYTES, FRAME_BYTES)
OUT_PORT = 4


def reserve(
    router: Router, service_class: ServiceClass, bucket: Bucket | None = None, **own: int
) -> int:
    """A reservation for FLOW on the tagged interface, where a tag shows the queue."""
    reservation = router.new_reservation(bucket)
    router.reserve(
        5, Shape.IPV4_FIVE_TUPLE, FLOW, service_class, reservation=reservation, dscp=own.get("dscp")
    )
    return reservation


def send(router: Router, count: int = 1, packet: Packet = PACKET) -> list[bytes]:
    return router.pass_packets(*[(1, arriving(1, packet))] * count).frames.get(OUT_PORT, [])


def in_queue(queue: int, packet: Packet = PACKET, dscp: int = 0) -> bytes:
    return leaving(5, packet, queue=queue, tos=dscp << 2)


@pytest.mark.parametrize("service_class", list(ServiceClass))
def test_a_service_class_has_the_queue_and_the_mark_of_its_verdict(
    router: Router, service_class: ServiceClass
) -> None:
    reserve(router, service_class)
    dscp = EXPEDITED if service_class == ServiceClass.GUARANTEED else 0
    assert send(router) == [in_queue(QUEUES[service_class], dscp=dscp)]


@pytest.mark.rfc("2211", "7")
@pytest.mark.parametrize(
    ("service_class", "queue", "dscp"),
    [(ServiceClass.CONTROLLED_LOAD, 4, 0), (ServiceClass.GUARANTEED, 5, EXPEDITED)],
)
def test_excess_is_best_effort(
    router: Router, service_class: ServiceClass, queue: int, dscp: int
) -> None:
    reserve(router, service_class, router.bucket_of(*TWO_FRAMES))
    conforming, excess = in_queue(queue, dscp=dscp), in_queue(0)
    assert sorted(send(router, 3)) == sorted([conforming, conforming, excess])


def test_a_bucket_is_exact_to_the_byte(router: Router) -> None:
    two = router.bucket_of(*TWO_FRAMES)
    reserve(router, ServiceClass.CONTROLLED_LOAD, two._replace(burst_bytes=two.burst_bytes - 1))
    assert sorted(send(router, 2)) == sorted([in_queue(4), in_queue(0)])


def test_a_short_frame_counts_as_its_target_says(router: Router) -> None:
    """What a short frame takes of the link is more than its bytes: docs/intserv.md, Meters."""
    small = ipv4(1, 5) / UDP(sport=5000, dport=6000, chksum=0)
    three = router.bucket_of(*[len(arriving(1, small))] * 3)
    reserve(router, ServiceClass.CONTROLLED_LOAD, three)
    passed = send(router, 4, small)
    assert sorted(passed) == sorted([*[in_queue(4, small)] * 3, in_queue(0, small)])


def test_excess_takes_no_tokens(router: Router) -> None:
    small = ipv4(1, 5) / UDP(sport=5000, dport=6000, chksum=0)
    bucket = router.bucket_of(FRAME_BYTES, len(arriving(1, small)))
    reserve(router, ServiceClass.CONTROLLED_LOAD, bucket)
    assert send(router) == [in_queue(4)]
    assert send(router) == [in_queue(0)]
    assert send(router, packet=small) == [in_queue(4, small)]


@pytest.mark.rfc("2698", "3")
def test_what_exceeds_only_the_committed_rate_is_yellow_and_the_peak_red(router: Router) -> None:
    one, two = (router.bucket_of(*frames).burst_bytes for frames in ((FRAME_BYTES,), TWO_FRAMES))
    bucket = Bucket(0, one, peak_bytes_per_s=0, peak_burst_bytes=two)
    reserve(router, ServiceClass.CONTROLLED_LOAD, bucket)
    router.judge(ServiceClass.CONTROLLED_LOAD, Colour.YELLOW, "send_marked", queue=3, dscp=12)
    router.judge(ServiceClass.CONTROLLED_LOAD, Colour.RED, "send_marked", queue=2, dscp=14)
    assert sorted(send(router, 3)) == sorted(
        [in_queue(4), in_queue(3, dscp=12), in_queue(2, dscp=14)]
    )


def test_policy_may_drop_excess(router: Router) -> None:
    reserve(router, ServiceClass.CONTROLLED_LOAD, router.bucket_of(*TWO_FRAMES))
    router.judge(ServiceClass.CONTROLLED_LOAD, Colour.RED, "drop_excess")
    router.judge(ServiceClass.CONTROLLED_LOAD, Colour.YELLOW, "drop_excess")
    cell = drop_cell(1, DropReason.EXCESS)
    before = router.controller.packets("drops", cell)
    assert send(router, 5) == [in_queue(4)] * 2
    assert router.controller.packets("drops", cell) == before + 3


def test_policy_may_mark_excess(router: Router) -> None:
    reserve(router, ServiceClass.CONTROLLED_LOAD, Bucket(0, burst_bytes=1))
    router.judge(ServiceClass.CONTROLLED_LOAD, Colour.RED, "demote_marked", dscp=8)
    router.judge(ServiceClass.CONTROLLED_LOAD, Colour.YELLOW, "demote_marked", dscp=8)
    assert send(router) == [in_queue(0, dscp=8)]


@pytest.mark.rfc("2996", "3")
def test_a_reservation_with_a_dscp_of_its_own_carries_it(router: Router) -> None:
    reserve(router, ServiceClass.GUARANTEED, dscp=34)
    assert send(router) == [in_queue(5, dscp=34)]


@pytest.mark.rfc("2996", "3")
def test_excess_does_not_carry_the_dscp_of_its_reservation(router: Router) -> None:
    reserve(router, ServiceClass.GUARANTEED, Bucket(0, burst_bytes=1), dscp=34)
    assert send(router) == [in_queue(0, dscp=0)]


def test_marking_leaves_the_congestion_bits_alone(router: Router) -> None:
    reserve(router, ServiceClass.GUARANTEED)
    packet = ipv4(1, 5, tos=3) / udp()
    assert send(router, packet=packet) == [leaving(5, packet, queue=5, tos=EXPEDITED << 2 | 3)]


def test_ipv6_is_marked_and_queued_alike(router: Router) -> None:
    packet = ipv6(1, 5, fl=9, tc=1) / udp()
    match = {"destination": packet.dst, "source": packet.src, "flow_label": 9}
    router.reserve(5, Shape.IPV6_FLOW_LABEL, match, ServiceClass.GUARANTEED)
    assert send(router, packet=packet) == [leaving(5, packet, queue=5, tc=EXPEDITED << 2 | 1)]


@pytest.mark.rfc("2205", "1.3")
def test_senders_that_share_a_reservation_share_its_bucket(router: Router) -> None:
    reservation = reserve(router, ServiceClass.CONTROLLED_LOAD, router.bucket_of(*TWO_FRAMES))
    second = ipv4(1, 5, src="10.0.1.3") / udp()
    match = {**FLOW, "source": "10.0.1.3"}
    router.reserve(5, Shape.IPV4_FIVE_TUPLE, match, reservation=reservation)
    assert send(router, 2) == [in_queue(4)] * 2
    assert send(router, packet=second) == [in_queue(0, second)]


@pytest.mark.rfc("2205", "1.3")
def test_any_sender_may_use_a_wildcard_reservation(router: Router) -> None:
    reservation = router.new_reservation(router.bucket_of(*TWO_FRAMES))
    session = {name: FLOW[name] for name in ("destination", "protocol", "destination_port")}
    router.reserve(5, Shape.IPV4_ANY_SOURCE, session, reservation=reservation)
    packets = [ipv4(1, 5, src=f"10.0.1.{last}") / udp(sport=last) for last in (7, 8, 9)]
    assert [send(router, packet=packet) for packet in packets] == [
        [in_queue(4, packets[0])],
        [in_queue(4, packets[1])],
        [in_queue(0, packets[2])],
    ]


def test_reservations_have_buckets_of_their_own(router: Router) -> None:
    reserve(router, ServiceClass.CONTROLLED_LOAD, router.bucket_of(*TWO_FRAMES))
    second = ipv4(1, 5) / udp(sport=5001)
    router.reserve(
        5,
        Shape.IPV4_FIVE_TUPLE,
        {**FLOW, "source_port": 5001},
        reservation=router.new_reservation(router.bucket_of(*TWO_FRAMES)),
    )
    assert sorted(send(router, 3)) == sorted([in_queue(4), in_queue(4), in_queue(0)])
    assert send(router, 2, second) == [in_queue(4, second)] * 2


def test_a_class_that_policy_says_nothing_about_is_best_effort(router: Router) -> None:
    unheard_of = 9
    router.reserve(5, Shape.IPV4_FIVE_TUPLE, FLOW, unheard_of)
    assert send(router) == [in_queue(0)]


def test_a_filter_that_names_no_reservation_gives_no_service(router: Router) -> None:
    router.reserve(5, Shape.IPV4_FIVE_TUPLE, FLOW, reservation=NO_RESERVATION)
    assert send(router) == [in_queue(0)]


def test_packets_and_bytes_of_each_verdict_are_counted(router: Router) -> None:
    reservation = reserve(router, ServiceClass.CONTROLLED_LOAD, router.bucket_of(*TWO_FRAMES))
    send(router, 5)
    counted = {
        verdict: router.controller.packets(
            "reservation_traffic", reservation_cell(reservation, verdict)
        )
        for verdict in Verdict
    }
    assert counted == {Verdict.SENT: 2, Verdict.DEMOTED: 3, Verdict.DROPPED: 0}
    cell = reservation_cell(reservation, Verdict.SENT)
    assert router.controller.counted("reservation_traffic", cell).byte_count == 2 * FRAME_BYTES


def test_a_port_counts_what_it_sent_by_class_and_excess_as_best_effort(router: Router) -> None:
    def counted(service_class: ServiceClass) -> int:
        cell = port_class_cell(OUT_PORT, service_class)
        return router.controller.packets("port_traffic", cell)

    reserve(router, ServiceClass.CONTROLLED_LOAD, router.bucket_of(*TWO_FRAMES))
    router.pass_packets()
    reserved, best_effort = counted(ServiceClass.CONTROLLED_LOAD), counted(ServiceClass.BEST_EFFORT)
    send(router, 5)
    last = 2  # the last packet of each round leaves by both interfaces of this port
    assert counted(ServiceClass.CONTROLLED_LOAD) == reserved + 2
    assert counted(ServiceClass.BEST_EFFORT) == best_effort + 3 + last
