"""A capture from end to end."""

import io
from struct import pack

from p4rsvp.capture.survey import Sighting, Survey
from tests.capture.build import block, interface, packet, pcap, pcapng, section
from tests.wire.samples import ENCODED, MESSAGES

RAW_IP = 101
IPV4 = bytes.fromhex("45c00000000000003f2e0000c0000201c0000202")


def datagram(rsvp: bytes, *, fragment: int = 0, total: int | None = None) -> bytes:
    header = bytearray(IPV4)
    header[2:4] = (len(rsvp) + 20 if total is None else total).to_bytes(2)
    header[6:8] = fragment.to_bytes(2)
    return bytes(header) + rsvp


def survey(data: bytes) -> tuple[list[Sighting], list[str]]:
    found = list(Survey(io.BytesIO(data)))
    sightings = [item for item in found if isinstance(item, Sighting)]
    return sightings, [item for item in found if isinstance(item, str)]


def problems(ip: bytes) -> tuple[str, ...]:
    (sighting,), faults = survey(pcap(ip, link_type=RAW_IP))
    assert not faults
    return sighting.examined.problems


def test_messages_are_numbered_beside_their_packets() -> None:
    tcp = bytes.fromhex("4500002800000000400600007f0000017f000001") + bytes(20)
    data = pcap(datagram(ENCODED["path"]), tcp, datagram(ENCODED["ack"]), link_type=RAW_IP)
    one = Survey(io.BytesIO(data))
    sightings = [item for item in one if isinstance(item, Sighting)]
    assert [(seen.number, seen.packet) for seen in sightings] == [(1, 1), (2, 3)]
    assert [seen.examined.message for seen in sightings] == [MESSAGES["path"], MESSAGES["ack"]]
    assert (one.packets, one.sightings) == (3, 2)


def test_damage_and_odd_frames_have_a_line_and_stop_nothing() -> None:
    data = pcap(b"\x45\x00", datagram(ENCODED["ack"]), link_type=RAW_IP) + b"cut"
    sightings, faults = survey(data)
    assert len(sightings) == 1
    assert faults == [
        "packet 1: the frame ends inside the IPv4 header, after 2 of 20 bytes",
        f"byte {len(data) - 3}: the file ends inside a packet's header of 16 bytes, after 3",
    ]


def test_a_link_type_that_is_not_read_is_named_once() -> None:
    wireless = interface(link_type=127)
    data = section() + wireless + interface(link_type=RAW_IP)
    data += packet(b"?") + packet(b"?") + packet(datagram(ENCODED["ack"]), interface_id=1)
    sightings, faults = survey(data)
    assert [seen.packet for seen in sightings] == [3]
    assert faults == ["packet 1 is of link type 127; it and others like it are left out"]


def test_empty_packets_are_reported_once() -> None:
    # A file that was allocated and not filled reads as one empty packet after the other.
    _, faults = survey(pcap(b"", b"", link_type=RAW_IP) + bytes(1600))
    assert faults == ["packet 1 is empty; it and others like it are left out"]


def test_a_packet_without_a_time_has_none() -> None:
    simple = datagram(ENCODED["ack"])
    data = section() + interface(link_type=RAW_IP) + block(3, pack("<I", len(simple)) + simple)
    (seen,), _ = survey(data)
    assert seen.time_ns is None


def test_a_first_fragment_is_shown_as_far_as_it_goes() -> None:
    half = ENCODED["resv FF"][:80]
    assert problems(datagram(half, fragment=0x2000)) == (
        "the first fragment of its datagram; nothing is reassembled",
        f"cut short: the RSVP length says {len(ENCODED['resv FF'])} bytes, 80 are there",
    )


def test_a_later_fragment_is_not_taken_for_a_message() -> None:
    assert problems(datagram(ENCODED["ack"], fragment=10)) == (
        "a fragment, from byte 80 of its datagram on; nothing is reassembled",
    )


def test_a_datagram_that_is_longer_than_its_frame_is_reported_once() -> None:
    whole = datagram(ENCODED["ack"], total=200)
    assert problems(whole) == (
        f"the IP datagram is {200 - len(whole)} bytes longer than its frame",
    )


def test_pcapng_without_rsvp_is_in_order() -> None:
    sightings, faults = survey(pcapng(bytes(60)))
    assert not sightings
    assert not faults
