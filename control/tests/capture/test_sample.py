"""The sample capture, seen by our own reader and by scapy's."""

import hmac
import io

import pytest
from scapy.layers.inet import IP, UDP
from scapy.utils import rdpcap

from p4rsvp.capture.craft import write_capture
from p4rsvp.capture.sample import sample_frames
from p4rsvp.capture.survey import Sighting, Survey
from p4rsvp.wire.codes import MessageType
from p4rsvp.wire.integrity import signed_bytes
from p4rsvp.wire.message import Bundle, encode


def written() -> bytes:
    stream = io.BytesIO()
    write_capture(stream, sample_frames())
    return stream.getvalue()


SAMPLE = written()


@pytest.fixture(scope="module")
def sightings() -> list[Sighting]:
    found = list(Survey(io.BytesIO(SAMPLE)))
    assert all(isinstance(item, Sighting) for item in found)
    return [item for item in found if isinstance(item, Sighting)]


def test_it_is_the_same_each_time() -> None:
    assert written() == SAMPLE


def test_every_type_of_message_is_in_it_and_nothing_is_wrong(sightings: list[Sighting]) -> None:
    assert {seen.examined.type for seen in sightings} == set(MessageType)
    assert not any(seen.examined.problem_count for seen in sightings)


def test_every_way_in_which_rsvp_travels_is_in_it(sightings: list[Sighting]) -> None:
    ways = [seen.datagram for seen in sightings]
    assert any(way.vlans for way in ways)
    assert any(way.labels for way in ways)
    assert any(way.udp_ports for way in ways)
    assert {(way.src.version, way.router_alert) for way in ways} == {
        (4, True),
        (4, False),
        (6, True),
        (6, False),
    }


@pytest.mark.rfc("2747", "4.1")
def test_the_digests_verify(sightings: list[Sighting]) -> None:
    checked = 0
    for seen in sightings:
        message = seen.examined.message
        if message is None or isinstance(message, Bundle) or message.integrity is None:
            continue
        data = encode(message)
        digest = hmac.digest(b"an example, and no secret", signed_bytes(data), "md5")
        assert digest == message.integrity.digest
        checked += 1
    assert checked == 2


def test_scapy_reads_the_same_packets_and_agrees_with_their_checksums() -> None:
    packets = rdpcap(io.BytesIO(SAMPLE))
    assert len(packets) == len(list(sample_frames()))
    for packet in packets:
        again = packet.copy()
        for layer in (IP, UDP):
            if layer in again:
                del again[layer].chksum
        assert bytes(again) == bytes(packet)
