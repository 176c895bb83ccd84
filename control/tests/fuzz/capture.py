"""A capture file, down to the RSVP messages in its frames, and these in turn."""

from contextlib import suppress
from io import BytesIO

from p4rsvp.capture.datagram import FrameError
from p4rsvp.capture.files import read_capture
from p4rsvp.capture.links import LINK_LAYERS, find_rsvp
from p4rsvp.capture.record import Record
from tests.capture.build import pcap, pcapng
from tests.wire.bad_input import survives
from tests.wire.samples import ENCODED

_ETHERNET_IPV4 = bytes.fromhex("02000000000102000000000208004500")
_FRAMES = [
    _ETHERNET_IPV4
    + (20 + len(message)).to_bytes(2)
    + bytes.fromhex("00000000402e0000c0000201e9fc0007")
    + message
    for message in ENCODED.values()
]
SEEDS = {"pcap": pcap(*_FRAMES[-2:]), "pcapng": pcapng(*_FRAMES[-2:])}


def one_input(data: bytes) -> None:
    found = list(read_capture(BytesIO(data)))
    assert len(found) <= len(data) // 8 + 1
    for item in found:
        assert str(item)
        if isinstance(item, Record) and item.link_type in LINK_LAYERS:
            with suppress(FrameError):  # it is what a damaged frame is to raise
                datagram = find_rsvp(item)
                if datagram is not None and datagram.rsvp is not None:
                    survives(datagram.rsvp)
