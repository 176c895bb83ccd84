"""`p4rsvp bench wire`: the same messages through the batch scan, decode, encode, and scapy.

scapy (`scapy.contrib.rsvp`) names the objects' classes and reads few of their contents. Its version
2.8.0 reads nothing behind a SESSION that is not of RSVP-TE, and that comes first in nearly every
message. So it is measured twice: with the same bytes, and with the IPv4 messages of the mix with
their SESSION moved to the end (any order is legal, RFC 2205 3.1.3), where it walks the objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scapy.contrib.rsvp import RSVP

from p4rsvp.bench.measure import Work
from p4rsvp.bench.messages import message_mix
from p4rsvp.fast.batch import Batch
from p4rsvp.fast.scan import Scan, ScanKey
from p4rsvp.wire.message import decode, encode

if TYPE_CHECKING:
    from p4rsvp.bench.measure import Bench

MESSAGES = 1000
_NEIGHBOUR = bytes([192, 0, 2, 1])
_IPV4_SESSION_BYTES = bytes([0, 12])  # the length field of an IPv4 SESSION, header included


def measure(bench: Bench) -> None:
    """Measure every way to read these messages, and to write them."""
    bench.say("draw the messages")
    messages = message_mix(MESSAGES)
    encoded = [encode(message) for message in messages]
    assert [decode(data) for data in encoded] == messages, "the messages come back changed"
    last = [_with_session_last(data) for data in encoded if data[8:10] == _IPV4_SESSION_BYTES]
    batch, scan, key = Batch(MESSAGES), Scan(MESSAGES), ScanKey(b"bench wire")
    fill(batch, encoded)

    def copy_and_scan() -> None:
        batch.clear()
        fill(batch, encoded)
        scan.run(batch, key)

    bench.rates(
        "messages/s",
        [
            Work("scan", MESSAGES, lambda: scan.run(batch, key)),
            Work("copy and scan", MESSAGES, copy_and_scan),
            Work("decode", MESSAGES, lambda: [decode(data) for data in encoded]),
            Work("encode", MESSAGES, lambda: [encode(message) for message in messages]),
            Work("scapy", MESSAGES, lambda: [RSVP(data) for data in encoded]),
            Work("scapy, SESSION last", len(last), lambda: [RSVP(data) for data in last]),
        ],
    )
    assert not scan.rows.status[: scan.count].any(), "the scan refuses a message of the mix"
    bench.ratio("scan", "scapy")
    bench.ratio("decode", "scapy")
    bench.ratio("decode", "scapy, SESSION last")
    sizes = sorted(len(data) for data in encoded)
    bench.add("message size", "bytes", [sizes[0], sizes[len(sizes) // 2], sizes[-1]])


def fill(batch: Batch, encoded: list[bytes]) -> None:
    """Copy messages into a batch that has room for them."""
    for data in encoded:
        assert batch.add(data, 1, _NEIGHBOUR, 63), "the batch is full"


def _with_session_last(data: bytes) -> bytes:
    """Move the first object, an IPv4 SESSION, to the end; the checksum stays right."""
    return data[:8] + data[20:] + data[8:20]
