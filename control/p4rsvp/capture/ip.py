"""IPv4 and IPv6 down to RSVP: as protocol 46, or in UDP to port 1698 or 1699 (RFC 2205 appendix C).

Inside an aggregation region, end-to-end RSVP is protocol 134 (RFC 3175 3.1). Knows the Router Alert
option of both (RFC 2113, RFC 2711), IPv6's extension headers, AH, and IP in IP, in which RFC 2746
sends RSVP through tunnels. Reassembles nothing: what a first fragment holds is passed on and
marked, of later ones only those of RSVP's own protocols are known to be RSVP. What ESP hides is not
found.
"""

from struct import Struct

from p4rsvp.capture.datagram import Datagram, FrameError, Layer, Next, expect
from p4rsvp.wire.address import Address

RSVP_PROTOCOL = 46
E2E_IGNORE_PROTOCOL = 134
RSVP_UDP_PORTS = frozenset({1698, 1699})  # RFC 2205 appendix C: Pu and Pu'

_HOP_BY_HOP, _UDP, _FRAGMENT, _AH = 0, 17, 44, 51
_SIZED_EXTENSIONS = frozenset(
    {_HOP_BY_HOP, 43, 60, 135, 139, 140}
)  # those with RFC 8200's length byte
_IPV4_HEADER = Struct("!BBHHHBBH4s4s")
_IPV6_HEADER = Struct("!IHBB16s16s")
_UDP_HEADER = Struct("!HHHH")
_FRAGMENT_HEADER = Struct("!BBHI")


def ip(_: Datagram, data: bytes) -> Next:
    """An IP datagram of the version that its first four bits tell; anything else is not RSVP."""
    expect(data, 1, "IP header")
    layer = {4: ipv4, 6: ipv6}.get(data[0] >> 4)
    return (layer, data) if layer else None


def ipv4(datagram: Datagram, data: bytes) -> Next:
    """RFC 791, with options."""
    expect(data, _IPV4_HEADER.size, "IPv4 header")
    version, _, total, _, fragment, ttl, protocol, _, src, dst = _IPV4_HEADER.unpack_from(data)
    header_bytes = (version & 0xF) * 4
    if version >> 4 != 4 or header_bytes < _IPV4_HEADER.size:
        raise FrameError(f"an IPv4 header that starts with {version:#04x}")
    expect(data, header_bytes, "IPv4 options")
    total = total or len(data)  # 0 where the network card was to cut a large segment
    if total < header_bytes:
        raise FrameError(f"an IPv4 total length of {total} bytes with a header of {header_bytes}")
    _enclose(datagram, src, dst, ttl)
    datagram.router_alert = _has_ipv4_router_alert(data[_IPV4_HEADER.size : header_bytes])
    datagram.missing_bytes = max(0, total - len(data))
    datagram.fragment_offset_bytes = (fragment & 0x1FFF) * 8
    datagram.more_fragments = bool(fragment & 0x2000)
    return _payload(datagram, protocol, data[header_bytes:total])


def ipv6(datagram: Datagram, data: bytes) -> Next:
    """RFC 8200."""
    expect(data, _IPV6_HEADER.size, "IPv6 header")
    version, length, protocol, hop_limit, src, dst = _IPV6_HEADER.unpack_from(data)
    if version >> 28 != 6:
        raise FrameError(f"an IPv6 header that starts with {data[0]:#04x}")
    end = _IPV6_HEADER.size + length if length else len(data)  # 0: a jumbogram or a large segment
    _enclose(datagram, src, dst, hop_limit)
    datagram.router_alert = False
    datagram.missing_bytes = max(0, end - len(data))
    datagram.fragment_offset_bytes, datagram.more_fragments = 0, False
    return _payload(datagram, protocol, data[_IPV6_HEADER.size : end])


def _enclose(datagram: Datagram, src: bytes, dst: bytes, ttl: int) -> None:
    """Note the addresses of a header; those noted before were a tunnel's."""
    if datagram.src:
        datagram.tunnels.append((datagram.src, datagram.dst))
    datagram.src, datagram.dst, datagram.ip_ttl = Address(src), Address(dst), ttl


def _payload(datagram: Datagram, protocol: int, data: bytes) -> Next:
    """Step over the extension headers (of IPv4, AH may come) to the protocol that is carried."""
    while not datagram.fragment_offset_bytes:
        if protocol in _SIZED_EXTENSIONS:
            expect(data, 8, "IPv6 extension header")
            length = (data[1] + 1) * 8
            if protocol == _HOP_BY_HOP:
                datagram.router_alert = _has_ipv6_router_alert(data[2:length])
        elif protocol == _AH:
            expect(data, 8, "AH")
            length = (data[1] + 2) * 4
        elif protocol == _FRAGMENT:
            expect(data, 8, "IPv6 fragment header")
            length = 8
            offset = _FRAGMENT_HEADER.unpack_from(data)[2]
            datagram.fragment_offset_bytes = offset & 0xFFF8
            datagram.more_fragments = bool(offset & 1)
        else:
            break
        protocol = data[0]
        data = data[length:]
    if datagram.fragment_offset_bytes and protocol not in {RSVP_PROTOCOL, E2E_IGNORE_PROTOCOL}:
        return None
    datagram.e2e_ignore = protocol == E2E_IGNORE_PROTOCOL
    layer = _PROTOCOLS.get(protocol)
    return (layer, data) if layer else None


def _udp(datagram: Datagram, data: bytes) -> Next:
    """RFC 2205 appendix C: RSVP is what is sent to its ports, whatever it comes from."""
    expect(data, _UDP_HEADER.size, "UDP header")
    src_port, dst_port, length, _ = _UDP_HEADER.unpack_from(data)
    if dst_port not in RSVP_UDP_PORTS:
        return None
    datagram.udp_ports = src_port, dst_port
    return _rsvp, data[_UDP_HEADER.size : max(length, _UDP_HEADER.size)]


def _rsvp(datagram: Datagram, data: bytes) -> Next:
    datagram.rsvp = data
    return None


_PROTOCOLS: dict[int, Layer] = {
    RSVP_PROTOCOL: _rsvp,
    E2E_IGNORE_PROTOCOL: _rsvp,
    _UDP: _udp,
    4: ipv4,
    41: ipv6,
}


def _has_ipv4_router_alert(options: bytes) -> bool:
    """RFC 2113 2.1: option 148. Options are kind, length, value; 0 ends them, 1 has no length."""
    at = 0
    while at < len(options) and options[at] != 0:
        if options[at] == 148:
            return True
        at += 1 if options[at] == 1 else max(2, options[at + 1] if at + 1 < len(options) else 2)
    return False


def _has_ipv6_router_alert(options: bytes) -> bool:
    """RFC 2711 2.1: option 5. Options are kind, length of the value, value; kind 0 is one byte."""
    at = 0
    while at < len(options):
        if options[at] == 5:
            return True
        at += 1 if options[at] == 0 else 2 + (options[at + 1] if at + 1 < len(options) else 0)
    return False
