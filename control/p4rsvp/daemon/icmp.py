"""ICMP as a router answers it, as bytes: echoes, hops that end, packets that do not fit. Pure.

RFC 792, RFC 1812 4.3 and RFC 1191 for IPv4, RFC 4443 for IPv6. An answer goes back over the link
that its cause came by. No error answers an error, a group, a broadcast or a later fragment; none
where the source is nobody's own address. Left out: what asks for reassembly, and redirects.
"""

from __future__ import annotations

from struct import Struct

from p4rsvp.daemon.frames import (
    ETHERTYPE_IPV4,
    ETHERTYPE_IPV6,
    Ends,
    ethernet,
    ip_start,
    ones_complement,
    pseudo_header,
)
from p4rsvp.wire.address import Address

_IPV4 = Struct("!BBHHHBBH4s4s")
_IPV6 = Struct("!IHBB16s16s")
_HEAD_BYTES = 8  # type, code, checksum, and what depends on the type
_ICMP, _ICMPV6 = 1, 58
_TTL = 64
_ECHO_V4, _ECHO_REPLY_V4 = 8, 0
_ECHO_V6, _ECHO_REPLY_V6 = 128, 129
_UNREACHABLE_V4, _FRAGMENTATION_NEEDED, _TIME_EXCEEDED_V4 = 3, 4, 11
_TOO_BIG_V6, _TIME_EXCEEDED_V6 = 2, 3
# All other types tell of errors.
_QUERIES_V4 = frozenset(bytes((kind,)) for kind in (0, 8, 9, 10, 13, 14, 15, 16, 17, 18))
_ERRORS_V6 = 128  # RFC 4443 2.1: below it
_LONGEST_V4_BYTES, _LONGEST_V6_BYTES = 576, 1280  # RFC 1812 4.3.2.3, RFC 4443 2.4 (c)
_DONT_FRAGMENT, _FRAGMENT_OFFSET = 0x4000, 0x1FFF
_BROADCAST = Address(b"\xff" * 4)


def echo_reply(frame: bytes, ends: Ends) -> bytes | None:
    """The answer to a frame that asks for an echo; None if it does not."""
    found = _read(frame)
    if found is None:
        return None
    source, destination, protocol, message, _ = found
    is_v4 = source.version == 4
    if protocol != (_ICMP if is_v4 else _ICMPV6) or destination.is_multicast:
        return None
    pseudo = b"" if is_v4 else pseudo_header(source, destination, len(message), _ICMPV6)
    wanted = (_ECHO_V4 if is_v4 else _ECHO_V6, 0)
    if len(message) < _HEAD_BYTES or (message[0], message[1]) != wanted:
        return None
    if ones_complement(pseudo + message):
        return None
    kind = _ECHO_REPLY_V4 if is_v4 else _ECHO_REPLY_V6
    return _frame(ends, destination, source, kind, 0, message[4:])


def time_exceeded(frame: bytes, ours: Address, ends: Ends) -> bytes | None:
    """Tell a sender that its packet has run out of hops here."""
    kind = _TIME_EXCEEDED_V4 if ours.version == 4 else _TIME_EXCEEDED_V6
    return _error(frame, ours, ends, kind, 0, 0)


def too_big(frame: bytes, ours: Address, ends: Ends, mtu_bytes: int) -> bytes | None:
    """Tell a sender what fits; for IPv4 only where it forbids to fragment (RFC 1191 4)."""
    if ours.version == 6:
        return _error(frame, ours, ends, _TOO_BIG_V6, 0, mtu_bytes)
    found = _read(frame)
    if found is None or not found[4] & _DONT_FRAGMENT:
        return None
    return _error(frame, ours, ends, _UNREACHABLE_V4, _FRAGMENTATION_NEEDED, mtu_bytes)


_Found = tuple[Address, Address, int, bytes, int]  # source, destination, protocol, payload, flags


def _read(frame: bytes) -> _Found | None:
    """An IP packet that is whole, without extension headers."""
    start = ip_start(frame)
    if start is None:
        return None
    if frame[start] >> 4 == 6:
        _, length, protocol, _, source, destination = _IPV6.unpack_from(frame, start)
        at, end, flags = start + _IPV6.size, start + _IPV6.size + length, 0
    else:
        first, _, total, _, flags, _, protocol, _, source, destination = _IPV4.unpack_from(
            frame, start
        )
        at, end = start + 4 * (first & 0xF), start + total
    if not at <= end <= len(frame):
        return None
    return Address(source), Address(destination), protocol, frame[at:end], flags


def _error(
    frame: bytes, ours: Address, ends: Ends, kind: int, code: int, value: int
) -> bytes | None:
    found = _read(frame)
    if found is None or found[0].version != ours.version or not _may_be_told(frame, found):
        return None
    start = ip_start(frame)
    assert start is not None, "it was read"
    own = (_IPV4.size if ours.version == 4 else _IPV6.size) + _HEAD_BYTES
    longest = _LONGEST_V4_BYTES if ours.version == 4 else _LONGEST_V6_BYTES
    quoted = frame[start : start + longest - own]
    return _frame(ends, ours, found[0], kind, code, value.to_bytes(4) + quoted)


def _may_be_told(frame: bytes, found: _Found) -> bool:
    """RFC 1812 4.3.2.7, RFC 4443 2.4 (e): who must not be sent an error."""
    source, destination, protocol, payload, flags = found
    if frame[0] & 1 or destination.is_multicast or destination == _BROADCAST:
        return False
    if source.is_unspecified or source.is_multicast or source == _BROADCAST:
        return False
    if source.version == 4:
        is_error = protocol == _ICMP and payload[:1] not in _QUERIES_V4
        return not is_error and not flags & _FRAGMENT_OFFSET
    return not (protocol == _ICMPV6 and payload[:1] < bytes((_ERRORS_V6,)))


def _frame(
    ends: Ends, source: Address, destination: Address, kind: int, code: int, rest: bytes
) -> bytes:
    """A message in a frame; `rest` begins behind the checksum."""
    length = 4 + len(rest)
    is_v4 = source.version == 4
    pseudo = b"" if is_v4 else pseudo_header(source, destination, length, _ICMPV6)
    checksum = ones_complement(pseudo + bytes((kind, code, 0, 0)) + rest)
    message = bytes((kind, code)) + checksum.to_bytes(2) + rest
    if not is_v4:
        header = _IPV6.pack(6 << 28, length, _ICMPV6, _TTL, source, destination)
        return ethernet(ends, ETHERTYPE_IPV6, header + message, priority=0)
    fields = (0x45, 0, _IPV4.size + length, 0, 0, _TTL, _ICMP)
    checksum = ones_complement(_IPV4.pack(*fields, 0, source, destination))
    header = _IPV4.pack(*fields, checksum, source, destination)
    return ethernet(ends, ETHERTYPE_IPV4, header + message, priority=0)
