"""A group: who gets a copy, and that each interface classifies, polices and queues its own."""

from typing import Any

import pytest
from scapy.packet import Packet, Raw

from p4rsvp.target.numbers import (
    REPLICATION_INTERFACE,
    Colour,
    DropReason,
    ServiceClass,
    Shape,
    Verdict,
    drop_cell,
    reservation_cell,
)
from packet.frames import arriving, ipv4, ipv6, leaving, udp
from packet.network import host, host6
from packet.router import EXPEDITED, Bucket, Router

GROUP = "239.1.2.3"
GROUP6 = "ff0e::1:3"
PACKET = ipv4(dst=GROUP) / udp()
PACKET6 = ipv6(dst=GROUP6) / udp()
FRAME_BYTES = len(arriving(1, PACKET))
FLOW = {
    "destination": GROUP,
    "protocol": 17,
    "destination_port": 6000,
    "source": host(1),
    "source_port": 5000,
}
PORTS = {2: 2, 3: 3, 5: 4}  # of the interfaces that listen


def frames_bucket(router: Router, count: int) -> Bucket:
    return router.bucket_of(*[FRAME_BYTES] * count)


def listen(router: Router, reverse_path: int = 1) -> dict[str, Any]:
    """Let interfaces 1, 2, 3 and 5 listen to the group."""
    lists = router.new_lists([1, 2, 3, 5])
    parameters = {**lists, "reverse_path": reverse_path}
    router.insert("ipv4_routes", {"destination": f"{GROUP}/32"}, "replicate", **parameters)
    router.insert("ipv6_routes", {"destination": f"{GROUP6}/128"}, "replicate", **parameters)
    return parameters


def reserve(
    router: Router,
    interface: int,
    bucket: Bucket | None = None,
    dscp: int | None = None,
    service_class: ServiceClass = ServiceClass.CONTROLLED_LOAD,
) -> int:
    reservation = router.new_reservation(bucket)
    return router.reserve(
        interface, Shape.IPV4_FIVE_TUPLE, FLOW, service_class, reservation=reservation, dscp=dscp
    )


def send(
    router: Router, count: int = 1, packet: Packet = PACKET, interface: int = 1
) -> dict[int, list[bytes]]:
    return router.pass_packets(*[(interface, arriving(interface, packet))] * count).frames


def marks(frames: list[bytes]) -> list[int]:
    """The DSCPs of untagged or tagged IPv4 frames, sorted: priorities may overtake."""
    return sorted(frame[-len(PACKET) + 1] >> 2 for frame in frames)


@pytest.mark.parametrize("packet", [PACKET, PACKET6], ids=["IPv4", "IPv6"])
def test_every_listener_but_where_it_came_from_gets_a_copy(router: Router, packet: Packet) -> None:
    listen(router)
    assert send(router, packet=packet) == {
        port: [leaving(interface, packet)] for interface, port in PORTS.items()
    }


def test_a_replica_for_where_it_came_from_is_counted(router: Router) -> None:
    listen(router)
    cell = drop_cell(1, DropReason.CAME_FROM_THERE)
    before = router.controller.packets("replica_drops", cell)
    send(router, 2)
    assert router.controller.packets("replica_drops", cell) == before + 2


@pytest.mark.rfc("2205", "1.2")
def test_a_reservation_on_one_interface_holds_for_its_replicas_only(router: Router) -> None:
    listen(router)
    reserve(router, REPLICATION_INTERFACE, service_class=ServiceClass.GUARANTEED)
    reserve(router, 5, service_class=ServiceClass.GUARANTEED)
    assert send(router) == {
        2: [leaving(2, PACKET)],
        3: [leaving(3, PACKET)],
        4: [leaving(5, PACKET, queue=5, tos=EXPEDITED << 2)],
    }


def test_a_packet_that_no_interface_reserved_for_is_best_effort_beside_one(router: Router) -> None:
    listen(router)
    reserve(router, REPLICATION_INTERFACE)
    reserve(router, 5)
    stranger = ipv4(dst=GROUP) / udp(sport=5001)
    assert send(router, packet=stranger) == {
        port: [leaving(interface, stranger)] for interface, port in PORTS.items()
    }


def test_each_interface_polices_its_own_replicas(router: Router) -> None:
    listen(router)
    reserve(router, REPLICATION_INTERFACE, frames_bucket(router, 3))
    reserve(router, 2, frames_bucket(router, 1), dscp=10)
    reserve(router, 3, frames_bucket(router, 2), dscp=12)
    frames = send(router, 3)
    assert {port: marks(frames[port]) for port in frames} == {
        2: [0, 0, 10],
        3: [0, 12, 12],
        4: [0, 0, 0],
    }


def test_an_interface_may_serve_a_flow_in_another_class(router: Router) -> None:
    listen(router)
    reserve(router, REPLICATION_INTERFACE)
    reserve(router, 3, service_class=ServiceClass.GUARANTEED)
    reserve(router, 5, service_class=ServiceClass.CONTROLLED_LOAD)
    frames = send(router)
    assert frames[3] == [leaving(3, PACKET, tos=EXPEDITED << 2)]
    assert frames[4] == [leaving(5, PACKET, queue=4)]


@pytest.mark.rfc("2211", "7")
def test_excess_over_the_merged_reservation_is_best_effort_and_not_lost(router: Router) -> None:
    listen(router)
    merged = reserve(router, REPLICATION_INTERFACE, frames_bucket(router, 1))
    reserve(router, 2, frames_bucket(router, 2), dscp=10)
    assert marks(send(router, 3)[2]) == [0, 10, 10]
    cell = reservation_cell(merged, Verdict.DEMOTED)
    assert router.controller.packets("reservation_traffic", cell) == 2


def test_only_an_interface_drops_excess(router: Router) -> None:
    listen(router)
    reserve(router, REPLICATION_INTERFACE, frames_bucket(router, 1))
    reserve(router, 2, frames_bucket(router, 2), dscp=10)
    router.judge(ServiceClass.CONTROLLED_LOAD, Colour.RED, "drop_excess")
    router.judge(ServiceClass.CONTROLLED_LOAD, Colour.YELLOW, "drop_excess")
    frames = send(router, 3)
    assert {port: marks(frames[port]) for port in frames} == {
        2: [10, 10],
        3: [0, 0, 0],
        4: [0, 0, 0],
    }


def test_two_interfaces_may_share_a_reservation_index_of_the_controllers_choice(
    router: Router,
) -> None:
    listen(router)
    reserve(router, REPLICATION_INTERFACE)
    shared = reserve(router, 2, frames_bucket(router, 1), dscp=10)
    router.reserve(3, Shape.IPV4_FIVE_TUPLE, FLOW, reservation=shared, dscp=10)
    frames = send(router)
    assert sorted(marks(frames[2]) + marks(frames[3])) == [0, 10]


def test_ipv6_replicas_are_policed_alike(router: Router) -> None:
    listen(router)
    match = {"destination": GROUP6, "source": host6(1), "flow_label": 7}
    packet = ipv6(dst=GROUP6, fl=7) / udp()
    for interface in (REPLICATION_INTERFACE, 5):
        router.reserve(interface, Shape.IPV6_FLOW_LABEL, match, ServiceClass.CONTROLLED_LOAD)
    assert send(router, packet=packet)[4] == [leaving(5, packet, queue=4)]


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (ipv4(dst=GROUP, ttl=1) / udp(), DropReason.HOP_LIMIT),
        (ipv6(dst=GROUP6, hlim=1) / udp(), DropReason.HOP_LIMIT),
        (ipv4(dst="224.0.0.9") / udp(), DropReason.SCOPE),
        (ipv6(dst="ff02::1:3") / udp(), DropReason.SCOPE),
        (ipv6(dst="ff01::1:3") / udp(), DropReason.SCOPE),
    ],
    ids=["TTL 1", "hop limit 1", "224.0.0.0/24", "link-local", "interface-local"],
)
def test_a_group_packet_that_must_stay_here_is_dropped(
    router: Router, packet: Packet, reason: DropReason
) -> None:
    lists = listen(router)
    router.insert("ipv4_routes", {"destination": "224.0.0.0/4"}, "replicate", **lists)
    router.insert("ipv6_routes", {"destination": "ff00::/8"}, "replicate", **lists)
    before = router.controller.packets("drops", drop_cell(1, reason))
    outcome = router.pass_packets((1, arriving(1, packet)))
    assert (outcome.frames, outcome.punts) == ({}, [])
    assert router.controller.packets("drops", drop_cell(1, reason)) == before + 1


def test_a_packet_off_the_reverse_path_is_dropped(router: Router) -> None:
    listen(router, reverse_path=1)
    cell = drop_cell(2, DropReason.WRONG_INTERFACE)
    before = router.controller.packets("drops", cell)
    assert send(router, interface=2) == {}
    assert router.controller.packets("drops", cell) == before + 1


def test_a_group_without_a_reverse_path_takes_packets_from_anywhere(router: Router) -> None:
    listen(router, reverse_path=0)
    assert set(send(router, interface=2)) == {1, 3, 4}


@pytest.mark.parametrize(
    ("table", "match", "packet"),
    [
        ("ipv4_multicast_sources", {"group": GROUP, "source": host(1)}, PACKET),
        ("ipv6_multicast_sources", {"group": GROUP6, "source": host6(1)}, PACKET6),
    ],
    ids=["IPv4", "IPv6"],
)
def test_a_source_of_a_group_goes_before_the_group(
    router: Router, table: str, match: dict[str, str], packet: Packet
) -> None:
    listen(router)
    router.insert(table, match, "replicate", **router.new_lists([3]), reverse_path=1)
    assert send(router, packet=packet) == {3: [leaving(3, packet)]}


def test_a_source_of_a_group_can_be_pruned(router: Router) -> None:
    listen(router)
    router.insert("ipv4_multicast_sources", {"group": GROUP, "source": host(1)}, "discard")
    assert send(router) == {}


def test_a_replica_that_does_not_fit_is_dropped_and_counted(router: Router) -> None:
    listen(router)
    big = PACKET / Raw(bytes(1501 - len(PACKET)))
    cell = drop_cell(1, DropReason.TOO_BIG)
    before = router.controller.packets("replica_drops", cell)
    assert send(router, packet=big) == {}
    assert router.controller.packets("replica_drops", cell) == before + len(PORTS)


def test_a_policed_replica_that_does_not_fit_is_dropped_and_counted(router: Router) -> None:
    listen(router)
    reserve(router, REPLICATION_INTERFACE)
    big = PACKET / Raw(bytes(1501 - len(PACKET)))
    cell = drop_cell(1, DropReason.TOO_BIG)
    before = router.controller.packets("drops", cell)
    assert send(router, packet=big) == {}
    assert router.controller.packets("drops", cell) == before + len(PORTS)
