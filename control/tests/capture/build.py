"""Small capture files, written byte by byte, so that each can be wrong in one place only."""

import io
from struct import pack

from p4rsvp.capture.files import read_capture
from p4rsvp.capture.record import Damage, Record

ETHERNET = 1
START_S = 1_700_000_000


def read(data: bytes) -> tuple[list[Record], list[Damage]]:
    """Read a whole capture and sort what is found."""
    found = list(read_capture(io.BytesIO(data)))
    records = [item for item in found if isinstance(item, Record)]
    return records, [item for item in found if isinstance(item, Damage)]


def pcap_header(order: str = "<", *, magic: int = 0xA1B2C3D4, link_type: int = ETHERNET) -> bytes:
    return pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, link_type)


def pcap_record(
    data: bytes, order: str = "<", *, second: int = START_S, fraction: int = 0
) -> bytes:
    return pack(f"{order}IIII", second, fraction, len(data), len(data)) + data


def pcap(*packets: bytes, order: str = "<", link_type: int = ETHERNET) -> bytes:
    header = pcap_header(order, link_type=link_type)
    return header + b"".join(pcap_record(packet, order) for packet in packets)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    length = pack(f"{order}I", len(body) + 12)
    return pack(f"{order}I", kind) + length + body + length


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return pack(f"{order}HH", code, len(value)) + value + bytes(-len(value) % 4)


def interface(
    order: str = "<", *, link_type: int = ETHERNET, snap: int = 0, options: bytes = b""
) -> bytes:
    return block(1, pack(f"{order}HHI", link_type, 0, snap) + options, order)


def packet(data: bytes, order: str = "<", *, units: int = 0, interface_id: int = 0) -> bytes:
    head = pack(f"{order}5I", interface_id, units >> 32, units & 0xFFFFFFFF, len(data), len(data))
    return block(6, head + data, order)


def pcapng(*packets: bytes, order: str = "<") -> bytes:
    blocks = b"".join(packet(data, order) for data in packets)
    return section(order) + interface(order) + blocks
