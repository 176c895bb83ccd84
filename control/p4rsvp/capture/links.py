"""Link layers, as pcap numbers them, down to IP; `find_rsvp` walks a whole frame.

Ethernet with any stack of VLAN tags, MPLS, Linux cooked captures, raw IP, the BSD loopbacks, PPP
and Cisco HDLC. MPLS does not say what it carries: behind the last label, the first four bits must
be an IP version.
"""

from struct import Struct

from p4rsvp.capture.datagram import Datagram, Layer, Next, expect
from p4rsvp.capture.ip import ip, ipv4, ipv6
from p4rsvp.capture.record import Record

_U16 = Struct("!H")
_U32 = Struct("!I")


def find_rsvp(record: Record) -> Datagram | None:
    """Return the datagram of this frame that carries RSVP, or None where none does.

    Raises FrameError where the frame ends, or contradicts itself, before that can be known. The
    link type must be one of `LINK_LAYERS`.
    """
    datagram = Datagram()
    step: Next = LINK_LAYERS[record.link_type], record.data
    while step is not None:
        layer, data = step
        step = layer(datagram, data)
    return None if datagram.rsvp is None else datagram


def _header(name: str, *, type_at: int, size: int) -> Layer:
    """A layer that is nothing but a header of `size` bytes with an Ethernet type in it."""

    def layer(_: Datagram, data: bytes) -> Next:
        expect(data, size, name)
        return _by_type(_U16.unpack_from(data, type_at)[0], data[size:])

    return layer


def _ppp(_: Datagram, data: bytes) -> Next:
    """RFC 1661, with or without RFC 1662's address and control bytes."""
    if data[:2] == b"\xff\x03":
        data = data[2:]
    expect(data, 2, "PPP header")
    return _by_type(_U16.unpack_from(data)[0], data[2:])


def _loopback(_: Datagram, data: bytes) -> Next:
    """BSD's address family, in the byte order of the machine that captured."""
    expect(data, 4, "loopback header")
    family = min(int.from_bytes(data[:4], "big"), int.from_bytes(data[:4], "little"))
    layer = _FAMILIES.get(family)
    return (layer, data[4:]) if layer else None


def _vlan(datagram: Datagram, data: bytes) -> Next:
    expect(data, 4, "VLAN tag")
    tag, ether_type = _U16.unpack_from(data)[0], _U16.unpack_from(data, 2)[0]
    datagram.vlans.append(tag & 0x0FFF)
    return _by_type(ether_type, data[4:])


def _mpls(datagram: Datagram, data: bytes) -> Next:
    """RFC 3032: entries of label, traffic class, bottom of stack and TTL."""
    expect(data, 4, "MPLS label stack")
    entry = _U32.unpack_from(data)[0]
    datagram.labels.append(entry >> 12)
    is_last = entry & 0x100
    return (ip if is_last else _mpls), data[4:]


def _by_type(number: int, data: bytes) -> Next:
    layer = _TYPES.get(number)
    return (layer, data) if layer else None


# Ethernet types, and PPP's protocol numbers, which lie below them.
_TYPES: dict[int, Layer] = {
    0x0800: ipv4,
    0x86DD: ipv6,
    0x8100: _vlan,
    0x88A8: _vlan,
    0x9100: _vlan,
    0x8847: _mpls,
    0x8848: _mpls,
    0x0021: ipv4,
    0x0057: ipv6,
    0x0281: _mpls,
    0x0283: _mpls,
}

_FAMILIES: dict[int, Layer] = {2: ipv4, 24: ipv6, 28: ipv6, 30: ipv6}  # the BSDs differ on IPv6

# By pcap's link type; several numbers mean raw IP because systems disagreed on one.
LINK_LAYERS: dict[int, Layer] = {
    0: _loopback,
    1: _header("Ethernet header", type_at=12, size=14),
    9: _ppp,
    12: ip,
    14: ip,
    101: ip,
    104: _header("HDLC header", type_at=2, size=4),
    108: _loopback,
    113: _header("Linux cooked header", type_at=14, size=16),
    228: ipv4,
    229: ipv6,
    276: _header("Linux cooked v2 header", type_at=0, size=20),
}
