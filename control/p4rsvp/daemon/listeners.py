"""IGMP and MLD as bytes: what listeners and other routers say, and our queries. Pure.

Read are IGMPv1 (RFC 1112), v2 (RFC 2236) and v3 (RFC 3376 4), MLDv1 (RFC 2710) and v2 (RFC 3810 5);
queries are of the last version each, which all understand. What older hosts say becomes the records
that it stands for (RFC 3376 7.3.2, RFC 3810 8.3.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from p4rsvp.daemon.frames import (
    Ends,
    group_mac,
    ip_frame,
    ip_start,
    ones_complement,
    pseudo_header,
)
from p4rsvp.daemon.membership import (
    LAST_MEMBER_NS,
    QUERY_INTERVAL_NS,
    RESPONSE_NS,
    ROBUSTNESS,
    SECOND_NS,
    Kind,
    Link,
    Query,
    Record,
)
from p4rsvp.engine.effects import SendPacket
from p4rsvp.wire.address import Address

_IGMP, _ICMPV6, _HOP_BY_HOP = 2, 58, 0
_QUERY_V4, _REPORT_V1, _REPORT_V2, _LEAVE, _REPORT_V3 = 0x11, 0x12, 0x16, 0x17, 0x22
_QUERY_V6, _REPORT_MLD, _DONE, _REPORT_MLD_V2 = 130, 131, 132, 143
_RECORD = Struct("!BBH")  # kind, words of auxiliary data, sources; behind it the group
_ALL_V4, _ALL_V6 = Address.parse("224.0.0.1"), Address.parse("ff02::1")
_LINK_LOCAL = bytes.fromhex("fe80000000000000")
_UNIT_V4_NS, _UNIT_V6_NS = SECOND_NS // 10, SECOND_NS // 1000


class Said(NamedTuple):
    """What somebody on a link has said: records, or (not None) a query."""

    source: Address
    records: tuple[Record, ...]
    query: Query | None = None


def read(interface: int, frame: bytes) -> Said | None:
    """What a frame says; None where it says nothing that can be understood."""
    start = ip_start(frame)
    if start is None:
        return None
    is_v4 = frame[start] >> 4 == 4
    found = _in_ipv4(frame, start) if is_v4 else _in_ipv6(frame, start)
    if found is None:
        return None
    source, message = found
    link = Link(interface, 4 if is_v4 else 6)
    kind, size = message[0], 4 if is_v4 else 16
    if kind in {_QUERY_V4, _QUERY_V6}:
        return Said(source, (), _query(link, message, size))
    if kind in {_REPORT_V3, _REPORT_MLD_V2}:
        return Said(source, tuple(_records(message, size)))
    group = _group(message, size)
    if group is None or not group.is_multicast:
        return None
    said = Kind.TO_INCLUDE if kind in {_LEAVE, _DONE} else Kind.IS_EXCLUDE
    return Said(source, (Record(said, group),))


def _in_ipv4(frame: bytes, start: int) -> tuple[Address, bytes] | None:
    header = 4 * (frame[start] & 0xF)
    total = int.from_bytes(frame[start + 2 : start + 4])
    message = frame[start + header : start + total]
    kinds = {_QUERY_V4, _REPORT_V1, _REPORT_V2, _LEAVE, _REPORT_V3}
    if frame[start + 9] != _IGMP or len(message) < 8 or message[0] not in kinds:
        return None
    if start + total > len(frame) or ones_complement(message):
        return None
    return Address(frame[start + 12 : start + 16]), message


def _in_ipv6(frame: bytes, start: int) -> tuple[Address, bytes] | None:
    """RFC 3810 5: behind a hop-by-hop header, from a link-local address, over one hop."""
    end = start + 40 + int.from_bytes(frame[start + 4 : start + 6])
    at = start + 40
    protocol = frame[start + 6]
    if end > len(frame):
        return None
    if protocol == _HOP_BY_HOP and end - at >= 8:
        protocol, at = frame[at], at + 8 * (frame[at + 1] + 1)
    message = frame[at:end]
    source, destination = frame[start + 8 : start + 24], frame[start + 24 : start + 40]
    kinds = {_QUERY_V6, _REPORT_MLD, _DONE, _REPORT_MLD_V2}
    if protocol != _ICMPV6 or len(message) < 8 or message[0] not in kinds:
        return None
    pseudo = pseudo_header(Address(source), Address(destination), len(message), _ICMPV6)
    if frame[start + 7] != 1 or source[:8] != _LINK_LOCAL or ones_complement(pseudo + message):
        return None
    return Address(source), message


def _group(message: bytes, size: int) -> Address | None:
    """The group of a query or of an old report: behind 4 bytes in IGMP, 8 in MLD."""
    at = 4 if size == 4 else 8
    return Address(message[at : at + size]) if len(message) >= at + size else None


def _query(link: Link, message: bytes, size: int) -> Query | None:
    group = _group(message, size)
    if group is None:
        return None
    at = (4 if size == 4 else 8) + size + 2  # behind flags and QQIC
    count = int.from_bytes(message[at : at + 2])
    sources = _addresses(message[at + 2 :], size, count)
    return Query(link, None if group.is_unspecified else group, tuple(sources))


def _records(message: bytes, size: int) -> Iterator[Record]:
    """The records of a report, as far as they are whole."""
    at, count = 8, int.from_bytes(message[6:8])
    for _ in range(count):
        if len(message) < at + _RECORD.size + size:
            return
        kind, words, sources = _RECORD.unpack_from(message, at)
        group = Address(message[at + _RECORD.size : at + _RECORD.size + size])
        at += _RECORD.size + size
        behind = at + sources * size
        if behind > len(message):
            return
        if kind in set(Kind) and group.is_multicast:
            told = frozenset(_addresses(message[at:behind], size, sources))
            yield Record(Kind(kind), group, told)
        at = behind + 4 * words


def _addresses(data: bytes, size: int, count: int) -> Iterator[Address]:
    whole = min(count, len(data) // size)
    return (Address(data[n * size : (n + 1) * size]) for n in range(whole))


def query_frame(query: Query, ours: Address, mac: bytes, vlan_id: int) -> bytes:
    """A query in a frame; `ours` is of IPv4, in IPv6 the link-local address of `mac` asks."""
    is_v4 = query.link.version == 4
    to = query.group or (_ALL_V4 if is_v4 else _ALL_V6)
    source = ours if is_v4 else link_local(mac)
    group = query.group or Address(bytes(len(to)))
    within_ns = RESPONSE_NS if query.group is None else LAST_MEMBER_NS
    rest = bytes((ROBUSTNESS, QUERY_INTERVAL_NS // SECOND_NS))
    rest = group + rest + len(query.sources).to_bytes(2) + b"".join(query.sources)
    if is_v4:
        head = bytes((_QUERY_V4, within_ns // _UNIT_V4_NS))
        message = head + ones_complement(head + b"\0\0" + rest).to_bytes(2) + rest
    else:
        head, rest = bytes((_QUERY_V6, 0)), (within_ns // _UNIT_V6_NS).to_bytes(2) + bytes(2) + rest
        pseudo = pseudo_header(source, to, 4 + len(rest), _ICMPV6)
        checksum = ones_complement(pseudo + head + b"\0\0" + rest)
        message = head + checksum.to_bytes(2) + rest
    packet = SendPacket(query.link.interface, source, to, 1, router_alert=True, data=message)
    ends = Ends(mac, group_mac(to), vlan_id)
    return ip_frame(packet, ends, _IGMP if is_v4 else _ICMPV6)


def link_local(mac: bytes) -> Address:
    """The link-local address of a link address (RFC 4291 2.5.1, appendix A)."""
    return Address(_LINK_LOCAL + bytes((mac[0] ^ 2,)) + mac[1:3] + b"\xff\xfe" + mac[3:])
